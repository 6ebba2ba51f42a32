using System.Collections.Concurrent;
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

    private static readonly KeyValuePair<string, object?> SingleTag = new("custom_events.endpoint", "events");
    private static readonly KeyValuePair<string, object?> BulkTag = new("custom_events.endpoint", "events/bulk");

    // A label for every store would be without bound. Those over their rate are few; should they be many, the rest are told together.
    private const int MaxStores = 100;
    private const string OtherStores = "_other";

    private readonly ConcurrentDictionary<string, string> _limitedStores = new(StringComparer.Ordinal);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _failedAuthentications;

    public IngestMetrics(IMeterFactory meters, BytesInFlight bytesInFlight, LogPressure pressure)
    {
        var meter = meters.Create(MeterName);
        _accepted = meter.CreateCounter<long>("custom_events.ingest.accepted", "{event}", "Events that were answered with 202.");
        _rejected = meter.CreateCounter<long>("custom_events.ingest.rejected", "{event}", "Events that were invalid, by their first error's code.");
        _refused = meter.CreateCounter<long>("custom_events.ingest.refused", "{request}", "Requests that were not answered with 202, by reason.");
        _rateLimited = meter.CreateCounter<long>("custom_events.ingest.rate_limited", "{request}", "Requests over their store's rate, by store: the first 100 by name, the rest as _other.");
        _failedAuthentications = meter.CreateCounter<long>("custom_events.ingest.authentication_failures", "{request}", "Requests without a live key.");
        meter.CreateObservableUpDownCounter("custom_events.ingest.bytes_in_flight", () => bytesInFlight.Used, "By", "Memory taken by request bodies.");
        meter.CreateObservableUpDownCounter("custom_events.ingest.bytes_in_flight.limit", () => bytesInFlight.Limit, "By", "Memory that request bodies may take, Ingest__MaxBytesInFlight; above it 503.");
        meter.CreateObservableUpDownCounter("custom_events.ingest.waiting_for_log", () => pressure.Waiting, "{request}", "Requests whose events the log has yet to acknowledge.");
    }

    public void Accepted(IngestEndpoint endpoint, int events) => _accepted.Add(events, endpoint == IngestEndpoint.Single ? SingleTag : BulkTag);

    public void Rejected(ErrorCode code)
    {
        if (_rejected.Enabled)
            _rejected.Add(1, new KeyValuePair<string, object?>("custom_events.code", code.ToText()));
    }

    public void RateLimited(string storeId)
    {
        if (!_rateLimited.Enabled)
            return;
        var isNamed = _limitedStores.ContainsKey(storeId) || (_limitedStores.Count < MaxStores && _limitedStores.TryAdd(storeId, storeId));
        _rateLimited.Add(1, new KeyValuePair<string, object?>("custom_events.store", isNamed ? storeId : OtherStores));
    }

    public void Refused(Refusal refusal)
    {
        if (_refused.Enabled)
            _refused.Add(1, new KeyValuePair<string, object?>("custom_events.reason", refusal.ToString()));
        if (refusal is Refusal.NoToken or Refusal.RefusedToken)
            _failedAuthentications.Add(1);
    }
}
