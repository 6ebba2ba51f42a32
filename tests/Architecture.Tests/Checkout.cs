using System.Xml.Linq;

namespace CustomEvents.Tests.Architecture;

/// <summary>The checkout that these tests were built from, as files.</summary>
internal static class Checkout
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project under these folders, as a path from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Projects(params string[] folders) => Find("*.csproj", folders);

    /// <summary>Every source file under these folders, without what the build makes.</summary>
    public static IReadOnlyList<string> Sources(params string[] folders) => Find("*.cs", folders);

    /// <summary>The text of a file of the checkout.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The projects that this one refers to, as paths from the root.</summary>
    public static IReadOnlyList<string> ProjectReferences(string project)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, project))!;
        return [.. Items(project, "ProjectReference").Select(item => FromRoot(Path.GetFullPath(Path.Combine(folder, (string)item.Attribute("Include")!))))];
    }

    /// <summary>The packages that this project refers to.</summary>
    public static IReadOnlyList<string> PackageReferences(string project) =>
        [.. Items(project, "PackageReference").Select(item => (string)item.Attribute("Include")!)];

    /// <summary>The items of a kind in a project file.</summary>
    public static IEnumerable<XElement> Items(string project, string kind) =>
        XDocument.Load(Path.Combine(Root, project)).Descendants(kind);

    private static IReadOnlyList<string> Find(string pattern, string[] folders) =>
    [
        .. folders
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Select(FromRoot)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static string FromRoot(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CustomEvents.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No CustomEvents.slnx above {AppContext.BaseDirectory}.");
    }
}
