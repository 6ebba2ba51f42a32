namespace CustomEvents.IngestApi.Answers;

/// <summary>Every way in which a request is not accepted: contract section 2, in the order of its checks.</summary>
internal enum Refusal
{
    /// <summary>No such path.</summary>
    NoSuchPath,

    /// <summary>Another method than POST.</summary>
    MethodNotAllowed,

    /// <summary>Too many failed authentications from this address.</summary>
    TooManyFailures,

    /// <summary>No bearer token.</summary>
    NoToken,

    /// <summary>A token that no live key has.</summary>
    RefusedToken,

    /// <summary>The key cannot be checked now.</summary>
    KeysAway,

    /// <summary>The key lacks the scope.</summary>
    MissingScope,

    /// <summary>The store does not exist or is not the key's.</summary>
    UnknownStore,

    /// <summary>Over the rate.</summary>
    RateLimited,

    /// <summary>Another media type.</summary>
    MediaType,

    /// <summary>Another content coding, or several.</summary>
    ContentCoding,

    /// <summary>Larger than its limit.</summary>
    TooLarge,

    /// <summary>No memory for its body now.</summary>
    NoMemory,

    /// <summary>The body did not come in time.</summary>
    TooSlow,

    /// <summary>Not JSON, or invalid.</summary>
    Invalid,

    /// <summary>The log cannot take it now.</summary>
    LogAway,

    /// <summary>The log never takes what it should take: a fault of ours.</summary>
    LogRefused,

    /// <summary>Any other fault of ours.</summary>
    Fault,
}
