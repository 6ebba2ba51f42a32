using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CustomEvents.Tests.Architecture;

/// <summary>Rules of the house that no compiler keeps.</summary>
public sealed class HouseRuleTests
{
    /// <summary>A service's beginning fits one screen and reads in the order of the data.</summary>
    private const int MaxProgramLines = 60;

    private static IEnumerable<string> Programs() =>
        Checkout.Sources("services").Where(path => path.EndsWith("/Program.cs", StringComparison.Ordinal));

    [TestCaseSource(nameof(Programs))]
    public void A_program_fits_one_screen(string path) =>
        Assert.That(Checkout.Read(path).TrimEnd().Split('\n'), Has.Length.LessThanOrEqualTo(MaxProgramLines));

    [Test]
    public void Versions_of_packages_stand_in_one_file()
    {
        var wrong = Checkout.Projects("shared", "services", "samples", "tests", "bench", "proof")
            .Where(project => Checkout.Items(project, "PackageReference")
                .Any(item => item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null || item.Element("Version") is not null));

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Every_project_is_in_the_solution_so_that_the_gates_see_it()
    {
        var known = XDocument.Load(Path.Combine(Checkout.Root, "CustomEvents.slnx"))
            .Descendants("Project").Select(project => (string)project.Attribute("Path")!);

        Assert.That(Checkout.Projects("shared", "services", "samples", "tests", "bench", "proof").Except(known), Is.Empty);
    }

    [Test]
    public void Nothing_is_left_for_later()
    {
        // Put together here, so that this file does not find itself.
        var left = new Regex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|NotImpl" + @"ementedException)\b", RegexOptions.CultureInvariant);

        Assert.That(Checkout.Sources("shared", "services", "samples", "tests", "bench", "proof").Where(path => left.IsMatch(Checkout.Read(path))), Is.Empty);
    }

    [Test]
    public void No_method_is_async_void()
    {
        var asyncVoid = new Regex(@"\basync\s+void\b", RegexOptions.CultureInvariant);

        Assert.That(Checkout.Sources("shared", "services").Where(path => asyncVoid.IsMatch(Checkout.Read(path))), Is.Empty);
    }
}
