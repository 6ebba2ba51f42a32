using System.Text;
using CustomEvents.Events.Rules;
using static CustomEvents.Tests.Events.Samples;

namespace CustomEvents.Tests.Events.Rules;

public class CustomerRulesTests
{
    [TestCase("""{"eventName":"e"}""", "required /customer")]
    [TestCase("""{"eventName":"e","customer":null}""", "required /customer")]
    [TestCase("""{"eventName":"e","customer":[]}""", "invalid_type /customer")]
    [TestCase("""{"eventName":"e","customer":{}}""", "identity_missing /customer")]
    [TestCase("""{"eventName":"e","customer":{"id":null,"email":null,"phoneNumber":null}}""", "identity_missing /customer")]
    [TestCase("""{"eventName":"e","customer":{"id":"x"}}""", "invalid_format /customer/id")]
    [TestCase("""{"eventName":"e","customer":{"id":"64ab01cd9f0011223344556"}}""", "invalid_format /customer/id")]
    [TestCase("""{"eventName":"e","customer":{"id":"64ab01cd9f001122334455667"}}""", "invalid_format /customer/id")]
    [TestCase("""{"eventName":"e","customer":{"id":" 64ab01cd9f00112233445566"}}""", "invalid_format /customer/id")]
    [TestCase("""{"eventName":"e","customer":{"id":64}}""", "invalid_type /customer/id")]
    [TestCase("""{"eventName":"e","customer":{"email":1}}""", "invalid_type /customer/email")]
    [TestCase("""{"eventName":"e","customer":{"phoneNumber":15551234567}}""", "invalid_type /customer/phoneNumber")]
    [TestCase("""{"eventName":"e","customer":{"email":"a@b.c","Email":"a@b.c"}}""", "unknown_member /customer/Email")]
    [TestCase("""{"eventName":"e","customer":{"email":"a@b.c","x":null}}""", "unknown_member /customer/x")]
    [TestCase("""{"eventName":"e","customer":{"email":"a@b.c","firstName":1}}""", "invalid_type /customer/firstName")]
    [TestCase("""{"eventName":"e","customer":{"email":"a@b.c","lastName":{}}}""", "invalid_type /customer/lastName")]
    [TestCase("""{"eventName":"e","customer":{"email":"a@b.c","location":"x"}}""", "invalid_type /customer/location")]
    [TestCase("""{"eventName":"e","customer":{"email":"a@b.c","customFields":[]}}""", "invalid_type /customer/customFields")]
    public void A_customer_that_is_wrong(string json, string expected) => Assert.That(Errors(json), Is.EqualTo(new[] { expected }));

    [TestCase("64AB01cd9f00112233445566")]
    public void An_id_has_any_case(string id) =>
        Assert.That(Valid("{\"eventName\":\"e\",\"customer\":{\"id\":\"" + id + "\"}}").Customer.Id.ToString(), Is.EqualTo("64ab01cd9f00112233445566"));

    [TestCase("a@b", "a@b")]
    [TestCase(" \\u00a0Jane.DOE+x@Example.COM\\n", "jane.doe+x@example.com")]
    [TestCase("!#$%&'*+/=?^_`{|}~.-@x", "!#$%&'*+/=?^_`{|}~.-@x")]
    [TestCase("a..b.@x-y.z", "a..b.@x-y.z")]
    [TestCase("1@1.1", "1@1.1")]
    public void An_email_is_trimmed_and_in_lower_case(string email, string expected) =>
        Assert.That(Valid("{\"eventName\":\"e\",\"customer\":{\"email\":\"" + email + "\"}}").Customer.Email, Is.EqualTo(expected));

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("a")]
    [TestCase("@b")]
    [TestCase("a@")]
    [TestCase("a@b@c")]
    [TestCase("a@b..c")]
    [TestCase("a@.b")]
    [TestCase("a@b.")]
    [TestCase("a@-b")]
    [TestCase("a@b-")]
    [TestCase("a@b_c")]
    [TestCase("a b@c")]
    [TestCase("\\\"a\\\"@b")]
    [TestCase("ä@b")]
    [TestCase("a@bücher.de")]
    [TestCase("a@b.c,d@e.f")]
    public void An_email_has_the_form_of_HTML(string email) => Assert.That(
        Errors("{\"eventName\":\"e\",\"customer\":{\"email\":\"" + email + "\"}}"), Is.EqualTo(new[] { "invalid_format /customer/email" }));

    [Test]
    public void An_email_has_labels_of_63_and_254_characters_in_all()
    {
        var label = new string('a', 63);
        Assert.That(EmailAddress.IsValid(Encoding.ASCII.GetBytes("a@" + label + "." + label)), Is.True);
        Assert.That(EmailAddress.IsValid(Encoding.ASCII.GetBytes("a@" + label + "a")), Is.False);
        Valid(Email(new string('a', 252) + "@b"));
        Assert.That(Errors(Email(new string('a', 253) + "@b")), Is.EqualTo(new[] { "invalid_length /customer/email" }));

        static string Email(string email) => "{\"eventName\":\"e\",\"customer\":{\"email\":\"  " + email + "  \"}}";
    }

    [TestCase("+12", true)]
    [TestCase("+123456789012345", true)]
    [TestCase("+1", false)]
    [TestCase("+1234567890123456", false)]
    [TestCase("+0123", false)]
    [TestCase("123", false)]
    [TestCase("+1 23", false)]
    [TestCase("+12a", false)]
    [TestCase("+1٣", false)]
    [TestCase(" +123", false)]
    [TestCase("", false)]
    public void A_phone_number_has_the_form_of_E164(string number, bool isValid)
    {
        var json = "{\"eventName\":\"e\",\"customer\":{\"phoneNumber\":\"" + number + "\"}}";
        if (isValid)
            Assert.That(Valid(json).Customer.PhoneNumber, Is.EqualTo(number));
        else
            Assert.That(Errors(json), Is.EqualTo(new[] { "invalid_format /customer/phoneNumber" }));
    }

    [Test]
    public void Empty_and_null_names_change_nothing()
    {
        var read = Valid(WithCustomer("""
            "firstName":"","lastName":null,"location":{"city":"","state":null,"countryCode":"","ianaTimeZoneName":"","latitude":null},"customFields":null
            """));
        Assert.That(read.FirstName, Is.Null);
        Assert.That(read.LastName, Is.Null);
        Assert.That(read.Location, Is.Empty);
        Assert.That(read.CustomFields, Is.Empty);
    }

    [TestCase("""{"city":1}""", "invalid_type city")]
    [TestCase("""{"town":"x"}""", "unknown_member town")]
    [TestCase("""{"countryCode":"USA"}""", "invalid_format countryCode")]
    [TestCase("""{"countryCode":"U1"}""", "invalid_format countryCode")]
    [TestCase("""{"countryCode":"é"}""", "invalid_format countryCode")]
    [TestCase("""{"ianaTimeZoneName":"europe/berlin"}""", "unknown_time_zone ianaTimeZoneName")]
    [TestCase("""{"ianaTimeZoneName":"Mars/Phobos"}""", "unknown_time_zone ianaTimeZoneName")]
    [TestCase("""{"ianaTimeZoneName":"Europe/Berlin "}""", "unknown_time_zone ianaTimeZoneName")]
    [TestCase("""{"latitude":90.0000001}""", "out_of_range latitude")]
    [TestCase("""{"latitude":-91}""", "out_of_range latitude")]
    [TestCase("""{"latitude":1e999}""", "out_of_range latitude")]
    [TestCase("""{"longitude":180.1}""", "out_of_range longitude")]
    [TestCase("""{"longitude":-1e400}""", "out_of_range longitude")]
    [TestCase("""{"latitude":"1"}""", "invalid_type latitude")]
    public void A_location_that_is_wrong(string location, string expected)
    {
        var parts = expected.Split(' ');
        Assert.That(Errors(WithCustomer("\"location\":" + location)), Is.EqualTo(new[] { $"{parts[0]} /customer/location/{parts[1]}" }));
    }

    [TestCase("""{"latitude":90,"longitude":-180}""", "latitude=double:90", "longitude=double:-180")]
    [TestCase("""{"latitude":-0,"longitude":1.5e1}""", "latitude=double:0", "longitude=double:15")]
    [TestCase("""{"countryCode":"de","ianaTimeZoneName":"US/Pacific"}""", "countryCode=string:de", "ianaTimeZoneName=string:US/Pacific")]
    [TestCase("""{"ianaTimeZoneName":"UTC","c\u0069ty":"\u0058"}""", "ianaTimeZoneName=string:UTC", "city=string:X")]
    [TestCase("""{"city":"2026-04-02T12:00:00Z"}""", "city=string:2026-04-02T12:00:00Z")]
    public void A_location_is_read(string location, params string[] expected)
    {
        var read = Valid(WithCustomer("\"location\":" + location));
        Assert.That(Show(read, read.Location), Is.EqualTo(expected));
    }

    [TestCase("""{"k":0}""", "k=integer:0")]
    [TestCase("""{"k":""}""", "k=string:")]
    [TestCase("""{"k":false}""", "k=boolean:False")]
    [TestCase("""{"k":5.0}""", "k=integer:5")]
    [TestCase("""{"k":1.5}""", "k=double:1.5")]
    [TestCase("""{"k":"2026-04-02T12:00:00Z"}""", "k=date:2026-04-02T12:00:00.0000000Z")]
    [TestCase("""{"k":"2026-04-02"}""", "k=string:2026-04-02")]
    [TestCase("""{"k":null,"a.b":1,"$set":2,"$extra":3}""", "a.b=integer:1", "$set=integer:2", "$extra=integer:3")]
    public void Custom_fields_are_typed(string fields, params string[] expected)
    {
        var read = Valid(WithCustomer("\"customFields\":" + fields));
        Assert.That(Show(read, read.CustomFields), Is.EqualTo(expected));
    }

    [TestCase("""{"k":{}}""", "invalid_type /customer/customFields/k")]
    [TestCase("""{"k":[1]}""", "invalid_type /customer/customFields/k")]
    [TestCase("""{"":1}""", "invalid_length /customer/customFields/")]
    [TestCase("""{"k":1e309}""", "out_of_range /customer/customFields/k")]
    public void Custom_fields_that_are_wrong(string fields, string expected) =>
        Assert.That(Errors(WithCustomer("\"customFields\":" + fields)), Is.EqualTo(new[] { expected }));

    [Test]
    public void Custom_fields_have_at_most_400_keys()
    {
        Valid(WithCustomer("\"customFields\":{" + Keys(400) + "}"));
        Assert.That(Errors(WithCustomer("\"customFields\":{" + Keys(401) + "}")), Is.EqualTo(new[] { "too_many_properties /customer/customFields" }));

        static string Keys(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":null"));
    }

    [TestCase("America/Argentina/ComodRivadavia", true)]
    [TestCase("Asia/Calcutta", true)]
    [TestCase("Europe/Kyiv", true)]
    [TestCase("Etc/GMT+5", true)]
    [TestCase("EST", true)]
    [TestCase("GMT+5", false)]
    [TestCase("", false)]
    public void Time_zones_are_the_names_of_the_IANA_database(string name, bool isKnown) =>
        Assert.That(TimeZones.IsKnown(Encoding.UTF8.GetBytes(name)), Is.EqualTo(isKnown));
}
