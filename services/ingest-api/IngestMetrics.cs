using System.Diagnostics.Metrics;
using CustomEvents.Events;
using CustomEvents.IngestApi.Answers;
using CustomEvents.IngestApi.Bodies;
using CustomEvents.IngestApi.Requests;

namespace CustomEvents.IngestApi;

/// <summary>What the API counts. The duration of requests is Kestrel's own <c>http.server.request.duration</c>.</summary>
internal sealed class IngestMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CustomEvents.IngestApi";

    private static readonly KeyValuePair<string, object?> SingleTag = new("endpoint", "events");
    private static readonly KeyValuePair<string, object?> BulkTag = new("endpoint", "events/bulk");

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _failedAuthentications;

    public IngestMetrics(IMeterFactory meters, BytesInFlight bytesInFlight, LogPressure pressure)
    {
        var meter = meters.Create(MeterName);
        _accepted = meter.CreateCounter<long>("ingest.events.accepted", "{event}", "Events that were answered with 202.");
        _rejected = meter.CreateCounter<long>("ingest.events.rejected", "{event}", "Events that were invalid, by their first error's code.");
        _refused = meter.CreateCounter<long>("ingest.requests.refused", "{request}", "Requests that were not answered with 202, by reason.");
        _rateLimited = meter.CreateCounter<long>("ingest.requests.rate_limited", "{request}", "Requests over their store's rate.");
        _failedAuthentications = meter.CreateCounter<long>("ingest.authentication.failures", "{request}", "Requests without a live key.");
        meter.CreateObservableUpDownCounter("ingest.bytes_in_flight", () => bytesInFlight.Used, "By", "Memory taken by request bodies.");
        meter.CreateObservableUpDownCounter("ingest.requests.waiting_for_log", () => pressure.Waiting, "{request}", "Requests whose events the log has yet to acknowledge.");
    }

    public void Accepted(IngestEndpoint endpoint, int events) => _accepted.Add(events, endpoint == IngestEndpoint.Single ? SingleTag : BulkTag);

    public void Rejected(ErrorCode code)
    {
        if (_rejected.Enabled)
            _rejected.Add(1, new KeyValuePair<string, object?>("code", code.ToText()));
    }

    public void Refused(Refusal refusal)
    {
        if (_refused.Enabled)
            _refused.Add(1, new KeyValuePair<string, object?>("reason", refusal.ToString()));
        if (refusal == Refusal.RateLimited)
            _rateLimited.Add(1);
        if (refusal is Refusal.NoToken or Refusal.RefusedToken)
            _failedAuthentications.Add(1);
    }
}
