namespace CustomEvents.Pipeline.Stores;

/// <summary>How a segment condition compares. Values of another type than the condition's never match.</summary>
public enum SegmentOperator
{
    /// <summary>Equal.</summary>
    Equal,

    /// <summary>There, of the condition's type, and not equal.</summary>
    NotEqual,

    /// <summary>Greater.</summary>
    Greater,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual,

    /// <summary>Less.</summary>
    Less,

    /// <summary>Less or equal.</summary>
    LessOrEqual,

    /// <summary>There, of any type.</summary>
    Exists,
}
