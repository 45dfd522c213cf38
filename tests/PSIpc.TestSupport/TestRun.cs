using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PSIpc.TestSupport;

/// <summary>
/// What this test process starts or creates carries the mark of the run: processes in their environment, objects and temporary folders
/// in their names, segments and semaphores in their keys. A guard ends and removes all of it when the test process is gone.
/// </summary>
public static partial class TestRun
{
    private const string Variable = "PSIPC_TEST_RUN";
    private const nint DefaultAction = 0;
    private const nint Ignore = 1;
    private const int KeyCount = 0x1000;

    // Pester files have keys of their own, which are this much lower.
    private const int PesterKeys = 0x1000000;
    private const int PesterKeyCount = KeyCount / 2;

    // nohup and the '&' of a shell make a process ignore these, and a process that it starts inherits that.
    private static readonly int[] Ignorable = [1, 2, 3];

    private static readonly object Starting = new();

    // The guard's input ends when this process does. It has a session of its own, so that a signal to the group of the tests doesn't end
    // it. SIGINT comes first: it lets PowerShell run 'finally', and PostgreSQL remove its segment.
    private const string Guard = """
        exec > /dev/null 2>&1
        trap '' HUP INT TERM
        cat
        signal=INT
        for turn in $(seq 50); do
            processes=$(grep -lzsx "PSIPC_TEST_RUN=$1" /proc/[0-9]*/environ | cut -d/ -f3)
            [ -n "$processes" ] || break
            [ "$turn" -lt 25 ] || signal=KILL
            kill -s $signal $processes
            sleep 0.2
        done
        for kind in shm sem; do
            awk -v first="$2" -v after="$3" -v pester="$4" '
                $1 >= first && $1 < after || $1 >= first - pester && $1 < after - pester { print $2 }' /proc/sysvipc/$kind |
                    while read -r id; do
                ipcrm $([ $kind = shm ] && echo -m || echo -s) "$id"
            done
        done
        rm -rf /dev/shm/"$1"* "${TMPDIR:-/tmp}/$1"* "${TMPDIR:-/tmp}/CoreFxPipe_$1"*
        """;

    // It is kept to the end of the process, which closes the guard's input.
    private static Process? s_guard;

    /// <summary>Gets what every name of this run begins with.</summary>
    public static string Prefix { get; } = string.Create(CultureInfo.InvariantCulture, $"PSIpc-test-{Environment.ProcessId}-");

    /// <summary>Gets the first System V key of this run.</summary>
    internal static int FirstKey { get; } = 0x5e000000 | (Random.Shared.Next(KeyCount) * KeyCount);

    /// <summary>Returns a System V key of this run.</summary>
    /// <param name="number">A number that the run has not used yet.</param>
    internal static int Key(int number) => FirstKey + (number % KeyCount);

    /// <summary>Returns the variables that give a Pester process names and keys of this run.</summary>
    /// <param name="share">0 or 1: processes that run at the same time have different ones.</param>
    public static Dictionary<string, string?> PesterEnvironment(int share) => new()
    {
        [Variable] = Prefix,
        ["PSIPC_TEST_FIRST_KEY"] = Decimal(FirstKey - PesterKeys + (share * PesterKeyCount)),
    };

    /// <summary>Starts a process that ends with this one at the latest, and that no signal is ignored by from the start.</summary>
    /// <param name="process">The process to start.</param>
    public static void Start(Process process)
    {
        // A test program that another one started belongs to the run of that one, and so does what it starts.
        process.StartInfo.Environment.TryAdd(Variable, Prefix);
        lock (Starting)
        {
            s_guard ??= OperatingSystem.IsLinux() ? StartGuard() : null;
            int[] ignored = [.. Ignorable.Where(IsIgnored)];
            SetAll(ignored, DefaultAction);
            try
            {
                process.Start();
            }
            finally
            {
                SetAll(ignored, Ignore);
            }
        }
    }

    /// <summary>
    /// Returns what is left of this run: processes with their command lines, files of shared memory, and temporary files.
    /// </summary>
    public static string[] Remains() => !OperatingSystem.IsLinux() ? [] :
    [
        .. Directory.GetDirectories("/proc").Where(IsMarked)
            .Select(process => $"{process} {Read($"{process}/cmdline").Replace('\0', ' ')}"),
        .. Directory.GetFileSystemEntries("/dev/shm", $"{Prefix}*"),
        .. Directory.GetFileSystemEntries(Path.GetTempPath(), $"*{Prefix}*"),
        .. new[] { "shm", "sem" }.SelectMany(
            kind => File.ReadLines($"/proc/sysvipc/{kind}").Skip(1).Where(IsOfThisRun).Select(row => $"{kind} {row}")),
    ];

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint action);

    private static Process StartGuard()
    {
        string[] arguments = ["sh", "-c", Guard, "sh", Prefix, Decimal(FirstKey), Decimal(FirstKey + KeyCount), Decimal(PesterKeys)];
        var guard = new ProcessStartInfo("setsid", arguments) { RedirectStandardInput = true };
        guard.Environment.Remove(Variable);
        return Process.Start(guard)!;
    }

    private static void SetAll(int[] signals, nint action)
    {
        foreach (int signal in signals)
        {
            SetSignal(signal, action);
        }
    }

    private static bool IsIgnored(int signal)
    {
        string? ignored = Read("/proc/self/status").Split('\n')
            .FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return ignored is not null && (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (signal - 1))) != 0;
    }

    private static bool IsMarked(string process) => Read($"{process}/environ").Split('\0').Contains($"{Variable}={Prefix}");

    private static bool IsOfThisRun(string row)
    {
        int key = int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
        return new[] { FirstKey, FirstKey - PesterKeys }.Any(first => key >= first && key < first + KeyCount);
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process is gone, belongs to another user, or there is no such file here.
            return "";
        }
    }

    private static string Decimal(int number) => number.ToString(CultureInfo.InvariantCulture);
}
