using System.Text.RegularExpressions;

namespace CustomEvents.Tests.Architecture;

/// <summary>What the compose file promises: images of a version, each named once, and ports on loopback alone, each to be changed by the environment.</summary>
public sealed partial class ComposeTests
{
    private static readonly string File = Checkout.Read("compose/compose.yaml");

    private static readonly Dictionary<string, string> Settings = Setting().Matches(Checkout.Read("compose/.env")).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    [Test]
    public void Every_image_is_built_here_or_named_among_the_settings_with_a_version()
    {
        var images = Image().Matches(File).Select(m => m.Groups[1].Value).ToList();
        Assert.That(images, Has.Count.GreaterThan(10));
        Assert.That(images, Has.All.Match(@"^(\$\{[A-Z_]+_IMAGE:\?\}|custom-events/[a-z-]+:\$\{PROGRAMS_VERSION:\?\})$"));
        var named = Settings.Where(s => s.Key.EndsWith("_IMAGE", StringComparison.Ordinal)).Select(s => s.Value).ToList();
        Assert.That(named, Is.Not.Empty.And.All.Match(@"^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$"));
    }

    [Test]
    public void The_images_of_the_programs_are_made_from_ones_of_a_version()
    {
        var dockerfile = Checkout.Read("Dockerfile");
        Assert.That(dockerfile, Does.Match(@"(?m)^ARG DOTNET=\d+\.\d+$"));
        var stages = Stage().Matches(dockerfile).Select(m => m.Groups[2].Value).ToHashSet();
        var foreign = Stage().Matches(dockerfile).Select(m => m.Groups[1].Value).Where(i => !stages.Contains(i)).ToList();
        Assert.That(foreign, Is.Not.Empty.And.All.Contains(":${DOTNET}-"));
    }

    [Test]
    public void Every_setting_of_the_file_has_a_default() =>
        Assert.That(Used().Matches(File).Select(m => m.Groups[1].Value).Distinct(), Is.Not.Empty.And.SubsetOf(Settings.Keys));

    [Test]
    public void Every_port_is_on_loopback_and_a_setting()
    {
        var ports = Port().Matches(File).Select(m => m.Groups[1].Value).ToList();
        Assert.That(ports, Has.Count.EqualTo(Settings.Keys.Count(k => k.EndsWith("_PORT", StringComparison.Ordinal))));
        Assert.That(ports, Has.All.Match(@"^\[""127\.0\.0\.1:\$\{[A-Z_]+_PORT:\?\}:\d+""\]$"));
    }

    [GeneratedRegex(@"(?m)^([A-Z_]+)=(.+)$")]
    private static partial Regex Setting();

    [GeneratedRegex(@"(?m)^ +image: (.+)$")]
    private static partial Regex Image();

    [GeneratedRegex(@"(?m)^FROM (\S+) AS (\S+)$")]
    private static partial Regex Stage();

    [GeneratedRegex(@"\$\{([A-Z_]+)[^}]*\}")]
    private static partial Regex Used();

    [GeneratedRegex(@"(?m)^ +ports: (.+)$")]
    private static partial Regex Port();
}
