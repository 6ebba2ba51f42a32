using System.Reflection;

namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>Where the build left the programs.</summary>
public static class ProgramFile
{
    /// <summary>The executable of a program, by the name of its assembly.</summary>
    public static string Of(string name)
    {
        var assembly = typeof(ProgramFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == $"program:{name}").Value!;
        return Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
    }
}
