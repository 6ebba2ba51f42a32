using static CustomEvents.Tests.Events.Samples;

namespace CustomEvents.Tests.Events.Rules;

public class DataRulesTests
{
    [TestCase("\"k\":0")]
    [TestCase("\"k\":-0")]
    [TestCase("\"k\":0.0")]
    [TestCase("\"k\":0e9")]
    [TestCase("\"k\":-0.000E-99999999999")]
    [TestCase("\"k\":null")]
    [TestCase("\"k\":\"\"")]
    public void Ignored_values_are_not_stored(string members) => Assert.That(Valid(WithData(members)).Data, Is.Empty);

    [TestCase("\"k\":false", "k=boolean:False")]
    [TestCase("\"k\":\" \"", "k=string: ")]
    [TestCase("\"k\":\"0\"", "k=string:0")]
    [TestCase("\"k\":1e-300", "k=double:1E-300")]
    [TestCase("\"k\":[]", "k=json:[]")]
    [TestCase("\"k\":{}", "k=json:{}")]
    [TestCase("\"k\":[0,null,\"\"]", "k=json:[0,null,\"\"]")]
    [TestCase("\"k\":{ \"a\" : 1.0 }", "k=json:{ \"a\" : 1.0 }")]
    [TestCase("\"k\":5.0", "k=integer:5")]
    [TestCase("\"k\":1e3", "k=integer:1000")]
    [TestCase("\"k\":9223372036854775807", "k=integer:9223372036854775807")]
    [TestCase("\"k\":-9223372036854775808", "k=integer:-9223372036854775808")]
    [TestCase("\"k\":9223372036854775808", "k=double:9.223372036854776E+18")]
    [TestCase("\"k\":0.1", "k=double:0.1")]
    [TestCase("\"k\":\"2026-04-02T12:00:00Z\"", "k=date:2026-04-02T12:00:00.0000000Z")]
    [TestCase("\"k\":\"2026-04-02T12:00:00.5+05:30\"", "k=date:2026-04-02T06:30:00.5000000Z")]
    [TestCase("\"k\":\"2026-04-02T12:00:60Z\"", "k=string:2026-04-02T12:00:60Z")]
    [TestCase("\"k\":\"2026-02-30T12:00:00Z\"", "k=string:2026-02-30T12:00:00Z")]
    [TestCase("\"a.b\":1", "a.b=integer:1")]
    [TestCase("\"_id\":1", "_id=integer:1")]
    [TestCase("\"__proto__\":1", "__proto__=integer:1")]
    [TestCase("\"$set\":1", "$set=integer:1")]
    [TestCase("\" \":1", " =integer:1")]
    public void A_value_is_typed(string members, string expected)
    {
        var read = Valid(WithData(members));
        Assert.That(Show(read, read.Data), Is.EqualTo(new[] { expected }));
    }

    [TestCase("\"\":1", "invalid_length /data/")]
    [TestCase("\"\":null", "invalid_length /data/")]
    [TestCase("\"k\":1e309", "out_of_range /data/k")]
    [TestCase("\"k\":1.7976931348623159e308", "out_of_range /data/k")]
    [TestCase("\"k\":1e-400", "out_of_range /data/k")]
    [TestCase("\"k\":1e99999999999999999999", "out_of_range /data/k")]
    [TestCase("\"k\":[1.00000000000000000000000000000000001]", "out_of_range /data/k/0")]
    [TestCase("\"$extra\":[]", "invalid_type /data/$extra")]
    [TestCase("\"$extra\":\"\"", "invalid_type /data/$extra")]
    [TestCase("\"$extra\":{\"k\":1e7000}", "out_of_range /data/$extra/k")]
    [TestCase("\"$extra\":{\"k\":[0,{\"n\":12345678901234567890123456789012345}]}", "out_of_range /data/$extra/k/1/n")]
    public void A_value_that_is_wrong(string members, string expected) =>
        Assert.That(Errors(WithData(members)), Is.EqualTo(new[] { expected }));

    [TestCase("[]")]
    [TestCase("\"x\"")]
    [TestCase("1")]
    public void Data_is_an_object(string data) => Assert.That(Errors(With(",\"data\":" + data)), Is.EqualTo(new[] { "invalid_type /data" }));

    [Test]
    public void Null_is_absent()
    {
        Assert.That(Valid(With(",\"data\":null")).Data, Is.Empty);
        Assert.That(Valid(WithData("\"$extra\":null")).Extra, Is.Null);
    }

    [TestCase("{}")]
    [TestCase("{ \"\" : 0 , \"a\":null,\"b\":\"\",\"d\":\"2026-04-02T12:00:00Z\",\"n\":1e400,\"m\":-0 }")]
    public void Extra_is_kept_as_it_was_written(string extra)
    {
        var read = Valid(WithData("\"a\":1, \"$extra\" : " + extra + " ,\"b\":2"));
        Assert.That(System.Text.Encoding.UTF8.GetString(read.Extra!.Value.Of(read.Source)), Is.EqualTo(extra));
        Assert.That(Show(read, read.Data), Is.EqualTo(new[] { "a=integer:1", "b=integer:2" }));
    }

    [Test]
    public void Data_has_at_most_400_keys_beside_extra()
    {
        Valid(WithData(Keys(400) + ",\"$extra\":{}"));
        Assert.That(Errors(WithData(Keys(401))), Is.EqualTo(new[] { "too_many_properties /data" }));
        Assert.That(Errors(WithData(Keys(5_000))), Is.EqualTo(new[] { "too_many_properties /data" }));

        static string Keys(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}"));
    }
}
