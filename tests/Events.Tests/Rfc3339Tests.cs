using System.Globalization;
using System.Text;
using CsCheck;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public class Rfc3339Tests
{
    [TestCase("2026-04-02T12:00:00Z", "2026-04-02T12:00:00.000")]
    [TestCase("2026-04-02t12:00:00z", "2026-04-02T12:00:00.000")]
    [TestCase("2026-04-02T12:00:00.5Z", "2026-04-02T12:00:00.500")]
    [TestCase("2026-04-02T12:00:00.1239999999999999999999999999Z", "2026-04-02T12:00:00.123")]
    [TestCase("2026-04-02T12:00:00+05:30", "2026-04-02T06:30:00.000")]
    [TestCase("2026-04-02T12:00:00-23:59", "2026-04-03T11:59:00.000")]
    [TestCase("2026-04-02T12:00:00+23:59", "2026-04-01T12:01:00.000")]
    [TestCase("2026-04-02T12:00:00-00:00", "2026-04-02T12:00:00.000")]
    [TestCase("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000")]
    [TestCase("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000")]
    [TestCase("0000-12-31T23:00:00-01:00", "0001-01-01T00:00:00.000")]
    [TestCase("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999")]
    [TestCase("9999-12-31T23:59:59.9999Z", "9999-12-31T23:59:59.999")]
    public void A_complete_date_time_is_a_date(string text, string expected)
    {
        Assert.That(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var utc), Is.True);
        Assert.That(utc.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture), Is.EqualTo(expected));
        Assert.That(utc.Kind, Is.EqualTo(DateTimeKind.Utc));
        Assert.That(utc.Ticks % TimeSpan.TicksPerMillisecond, Is.Zero);
    }

    [TestCase("")]
    [TestCase("2026-04-02")]
    [TestCase("2026-04-02T12:00:00")]
    [TestCase("2026-04-02 12:00:00Z")]
    [TestCase("2026-04-02T12:00Z")]
    [TestCase("2026-04-02T12:00:00.Z")]
    [TestCase("2026-04-02T12:00:00,5Z")]
    [TestCase("2026-04-02T12:00:00.5")]
    [TestCase("2026-04-02T12:00:00+0530")]
    [TestCase("2026-04-02T12:00:00+05")]
    [TestCase("2026-04-02T12:00:00+24:00")]
    [TestCase("2026-04-02T12:00:00+05:60")]
    [TestCase("2026-04-02T12:00:00Z ")]
    [TestCase(" 2026-04-02T12:00:00Z")]
    [TestCase("2026-04-02T12:00:00ZZ")]
    [TestCase("2026-02-30T12:00:00Z")]
    [TestCase("2025-02-29T12:00:00Z")]
    [TestCase("2026-00-02T12:00:00Z")]
    [TestCase("2026-13-02T12:00:00Z")]
    [TestCase("2026-04-00T12:00:00Z")]
    [TestCase("2026-04-02T24:00:00Z")]
    [TestCase("2026-04-02T12:60:00Z")]
    [TestCase("2016-12-31T23:59:60Z")]
    [TestCase("0000-01-01T00:00:00Z")]
    [TestCase("0001-01-01T00:00:00+00:01")]
    [TestCase("9999-12-31T23:59:59-00:01")]
    [TestCase("+2026-04-02T12:00:00Z")]
    [TestCase("2026-4-02T12:00:00ZZZ")]
    [TestCase("２026-04-02T12:00:00Z")]
    [TestCase("20a6-04-02T12:00:00Z")]
    public void Anything_else_is_none(string text) => Assert.That(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out _), Is.False);

    [Test]
    public void Every_instant_is_read_back_at_every_offset() =>
        Gen.Select(Gen.DateTime[new DateTime(2, 1, 1), new DateTime(9998, 12, 31)], Gen.Int[-1439, 1439]).Sample((instant, offset) =>
        {
            var milliseconds = new DateTime(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
            var local = milliseconds.AddMinutes(offset).ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture);
            var text = FormattableString.Invariant($"{local}{(offset < 0 ? '-' : '+')}{Math.Abs(offset) / 60:00}:{Math.Abs(offset) % 60:00}");
            return Rfc3339.TryParse(Encoding.ASCII.GetBytes(text), out var utc) && utc == milliseconds;
        }, iter: 10_000);
}
