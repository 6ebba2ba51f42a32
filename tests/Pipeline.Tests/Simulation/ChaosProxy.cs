using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Pipeline.Simulation;

/// <summary>Calls the target, whose token it withholds: what was begun goes on, as it would in a database.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "The proxy derives from it.")]
internal class ChaosProxy<T> : DispatchProxy
    where T : class
{
    private T _target = null!;
    private Chaos _chaos = null!;

    public static T Wrap(T target, Chaos chaos)
    {
        var proxy = Create<T, ChaosProxy<T>>();
        var self = (ChaosProxy<T>)(object)proxy;
        self._target = target;
        self._chaos = chaos;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        if (!targetMethod.ReturnType.IsAssignableTo(typeof(Task)))
            return targetMethod.Invoke(_target, args);
        var given = Array.ConvertAll(args ?? [], a => a is CancellationToken ? CancellationToken.None : a);
        if (targetMethod.ReturnType == typeof(Task))
            return CallAsync(targetMethod, given);
        return typeof(ChaosProxy<T>).GetMethod(nameof(CallForResultAsync), BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(targetMethod.ReturnType.GenericTypeArguments[0]).Invoke(this, [targetMethod, given]);
    }

    private async Task CallAsync(MethodInfo method, object?[] args)
    {
        var isAppend = typeof(T) == typeof(ILogWriter);
        _chaos.Enter();
        try
        {
            await _chaos.PointAsync(isAppend, isBefore: true);
            await (Task)method.Invoke(_target, args)!;
            await _chaos.PointAsync(isAppend, isBefore: false);
        }
        finally
        {
            _chaos.Leave();
        }
    }

    private async Task<TResult> CallForResultAsync<TResult>(MethodInfo method, object?[] args)
    {
        _chaos.Enter();
        try
        {
            await _chaos.PointAsync(isAppend: false, isBefore: true);
            var result = await (Task<TResult>)method.Invoke(_target, args)!;
            await _chaos.PointAsync(isAppend: false, isBefore: false);
            return result;
        }
        finally
        {
            _chaos.Leave();
        }
    }
}
