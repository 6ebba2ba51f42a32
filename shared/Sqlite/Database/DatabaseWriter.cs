using System.Diagnostics.CodeAnalysis;
using CustomEvents.Pipeline;
using Microsoft.Data.Sqlite;

namespace CustomEvents.Sqlite.Database;

/// <summary>
/// The one thread that writes a database file. Everything that waits when it is free goes into one transaction, so that
/// one flush to the disk serves all who came meanwhile (group commit) and a single event does not cost one of its own.
/// </summary>
internal sealed class DatabaseWriter : IDisposable
{
    private const int MaxWorks = 512;
    private const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>How long a write waits for its turn: the time limit of every call to a database.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly DatabaseFile _file;
    private readonly Connection _connection;
    private readonly IWriteObserver _observer;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly ITimer _sweep;
    private readonly object _gate = new();
    private readonly Queue<WriteWork> _waiting = new();
    private bool _stopping;
    private bool _flushes = true;
    private volatile string? _problem;

    public DatabaseWriter(DatabaseFile file, Connection connection, IWriteObserver observer, TimeProvider time)
    {
        _file = file;
        _connection = connection;
        _observer = observer;
        _time = time;
        _sweep = time.CreateTimer(_ => WithdrawOverdue(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _thread = new Thread(Run) { Name = $"{file.Name} writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>What went wrong with the last transaction, for people; null where it was written.</summary>
    public string? Problem => _problem;

    /// <summary>Has something written; it completes or fails.</summary>
    public void Enqueue(WriteWork work, CancellationToken cancellationToken)
    {
        work.WaitingSince = _time.GetTimestamp();
        if (cancellationToken.CanBeCanceled)
        {
            work.Cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => Withdraw((WriteWork)state!, new OperationCanceledException(token)), work);
        }

        lock (_gate)
        {
            if (_stopping)
            {
                Withdraw(work, new InfrastructureException($"{_file.Path} is closed: the process is about to end."));
                return;
            }

            _waiting.Enqueue(work);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Has something written that gives a result.</summary>
    public Task<T> WriteAsync<T>(Func<Connection, T> write, bool durable, CancellationToken cancellationToken)
    {
        var call = new WriteCall<T>(write) { IsDurable = durable };
        Enqueue(call, cancellationToken);
        return call.Completion;
    }

    /// <summary>Writes what waits, and closes.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _sweep.Dispose();
        _connection.Dispose();
    }

    private void Run()
    {
        var works = new List<WriteWork>();
        while (Take(works))
        {
            Write(works);
            works.Clear();
        }
    }

    private bool Take(List<WriteWork> works)
    {
        lock (_gate)
        {
            while (true)
            {
                long bytes = 0;
                while (works.Count < MaxWorks && bytes < MaxBytes && _waiting.TryDequeue(out var work))
                {
                    if (!work.TryTake())
                        continue;
                    work.Cancellation.Unregister();
                    works.Add(work);
                    bytes += work.Bytes;
                }

                if (works.Count > 0)
                    return true;
                if (_stopping)
                    return false;
                Monitor.Wait(_gate);
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whoever waits for the work gets the exception, whatever it is.")]
    private void Write(List<WriteWork> works)
    {
        var committing = false;
        try
        {
            var durable = false;
            foreach (var work in works)
                durable |= work.IsDurable;
            FlushAtCommit(durable);
            _connection.Prepare("BEGIN IMMEDIATE").Run();
            _observer.Begun(_connection);
            foreach (var work in works)
                work.Execute(_connection);
            committing = true;
            _connection.Prepare("COMMIT").Run();
        }
        catch (Exception exception)
        {
            RollBack();
            if (exception is SqliteException error && SqliteFaults.IsInfrastructure(error))
            {
                var fault = SqliteFaults.Translate(error, _file);
                _problem = fault.Message;
                // A commit whose flush failed may be found written after all when the machine starts again.
                foreach (var work in works)
                    work.Fail(fault, nothingWritten: !committing);
            }
            else if (works.Count == 1)
            {
                works[0].Fail(exception is SqliteException other ? SqliteFaults.Translate(other, _file) : exception, nothingWritten: true);
            }
            else
            {
                // One of them is at fault: the others are not to suffer for it.
                foreach (var work in works)
                    Write([work]);
            }

            return;
        }

        _problem = null;
        _observer.Committed();
        foreach (var work in works)
            work.Complete();
    }

    /// <summary>
    /// With NORMAL a commit is written but not flushed; the next one with FULL flushes it as well, because both are in one
    /// file and recovery stops at the first frame that is not whole.
    /// </summary>
    private void FlushAtCommit(bool flush)
    {
        if (flush == _flushes)
            return;
        _connection.Prepare(flush ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL").Run();
        _flushes = flush;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A rollback that fails leaves the connection as it is; the next transaction tells.")]
    private void RollBack()
    {
        try
        {
            _connection.Reset();
            if (_connection.InTransaction)
                _connection.Prepare("ROLLBACK").Run();
        }
        catch (Exception)
        {
            // SQLite has rolled back by itself where it could not go on.
        }

        _observer.RolledBack();
    }

    private void WithdrawOverdue()
    {
        while (true)
        {
            WriteWork? work;
            lock (_gate)
            {
                if (!_waiting.TryPeek(out work) || _time.GetElapsedTime(work.WaitingSince) < MaxWait)
                    return;
                _waiting.Dequeue();
            }

            Withdraw(work, new InfrastructureException($"{_file.Path} took no write for {MaxWait.TotalSeconds:0} s: its disk is slow or stuck."));
        }
    }

    private static void Withdraw(WriteWork work, Exception reason)
    {
        if (!work.TryWithdraw())
            return;
        work.Cancellation.Unregister();
        work.Fail(reason, nothingWritten: true);
    }
}
