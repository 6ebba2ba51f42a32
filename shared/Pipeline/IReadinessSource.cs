namespace CustomEvents.Pipeline;

/// <summary>A part of a service that knows whether it can work now.</summary>
public interface IReadinessSource
{
    /// <summary>What it is called in health, such as <c>normalizer</c>.</summary>
    string Name { get; }

    /// <summary>Null where it works; else what is wrong, without secrets.</summary>
    string? Problem { get; }

    /// <summary>Whether the service cannot work while there is a problem; false where it then works less well.</summary>
    bool IsRequired => true;
}
