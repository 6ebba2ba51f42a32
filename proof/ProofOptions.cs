using System.Globalization;

namespace CustomEvents.Proof;

/// <summary>What the command line and the environment say.</summary>
internal sealed class ProofOptions
{
    /// <summary>How it is called.</summary>
    public const string Usage = """
        proof [FAULT ...] [options]       runs the faults named, or all, and audits after each; exit 0 where nothing is wrong
          --list                          names the faults
          --quick                         smaller numbers: a few minutes for all
          --rate N                        events a second of the load (300)
          --kills N                       how often each service is killed (10)
          --seed N                        chooses the load
          --check-audit                   spoils the stored data after each clean audit, and fails where a second one does not find it
          --programs DIR                  where the programs are, as DIR/NAME/NAME (artifacts/publish)
          --program NAME=FILE             where one of them is
          --out FILE                      writes FILE.md and FILE.json (artifacts/proof/report)
        environment
          KAFKA_BOOTSTRAP_SERVERS, MONGODB_URI, SCHEMA_REGISTRY_URL   the servers; the last may be missing
          PROOF_CONTROL                   a command that is called as COMMAND kill|stop|start|pause|resume NAME, NAME one of
                                          mongo, registry, kafka1, kafka2, kafka3; without it the servers' faults are not run
        """;

    private readonly Dictionary<string, string> _programs = [];
    private int? _kills;

    /// <summary>The faults to run; all where empty.</summary>
    public List<string> Faults { get; } = [];

    public bool IsList { get; private set; }

    public bool IsQuick { get; private set; }

    public bool ChecksAudit { get; private set; }

    public double Rate { get; private set; } = 300;

    public int Seed { get; private set; } = 20260402;

    public int Stores { get; } = 4;

    public int People { get; } = 200;

    public string Out { get; private set; } = Path.Combine("artifacts", "proof", "report");

    public string Kafka { get; } = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") ?? "";

    public string Mongo { get; } = Environment.GetEnvironmentVariable("MONGODB_URI") ?? "";

    public string? Registry { get; } = Environment.GetEnvironmentVariable("SCHEMA_REGISTRY_URL") is { Length: > 0 } url ? url : null;

    public string? Control { get; } = Environment.GetEnvironmentVariable("PROOF_CONTROL") is { Length: > 0 } command ? command : null;

    /// <summary>How often each service is killed.</summary>
    public int Kills => _kills ?? Sized(10, 2);

    private string Programs { get; set; } = Path.Combine("artifacts", "publish");

    /// <summary>A number that depends on the size of the run.</summary>
    public int Sized(int whole, int quick) => IsQuick ? quick : whole;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static ProofOptions Read(string[] arguments)
    {
        var options = new ProofOptions();
        var queue = new Queue<string>(arguments);
        while (queue.TryDequeue(out var argument))
        {
            switch (argument)
            {
                case "--list": options.IsList = true; break;
                case "--quick": options.IsQuick = true; break;
                case "--check-audit": options.ChecksAudit = true; break;
                case "--rate": options.Rate = Number(); break;
                case "--kills": options._kills = Number(); break;
                case "--seed": options.Seed = Number(); break;
                case "--programs": options.Programs = Value(); break;
                case "--program":
                    var (name, file) = Value().Split('=', 2) is [var left, var right] ? (left, right) : throw new ArgumentException("--program takes NAME=FILE.");
                    options._programs[name] = file;
                    break;
                case "--out": options.Out = Value(); break;
                case ['-', ..]: throw new ArgumentException($"{argument} is no option.");
                default: options.Faults.Add(argument); break;
            }

            string Value() => queue.TryDequeue(out var value) ? value : throw new ArgumentException($"{argument} needs a value.");
            int Number() => int.TryParse(Value(), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new ArgumentException($"{argument} needs a number.");
        }

        if (!options.IsList && (options.Kafka.Length == 0 || options.Mongo.Length == 0))
            throw new ArgumentException("KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI have to name the servers.");
        return options;
    }

    /// <summary>The file of a program.</summary>
    public string ProgramOf(string name)
    {
        var file = Path.GetFullPath(_programs.TryGetValue(name, out var given) ? given : Path.Combine(Programs, name, name));
        return File.Exists(file) ? file : throw new FileNotFoundException($"{file} is missing: run `make build` first.");
    }
}
