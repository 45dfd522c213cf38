using System.Collections.Concurrent;
using System.Management.Automation;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>Gives what servers receive, as it arrives, until they stop or the pipeline is stopped.</summary>
[Cmdlet(VerbsCommunications.Receive, "EchoMessage", DefaultParameterSetName = InputObjectSet)]
[OutputType(typeof(EchoMessage))]
public sealed class ReceiveEchoMessageCommand : EchoServerCommand
{
    private readonly List<EchoSubscription> _receivers = [];
    private long _missed;

    /// <summary>How many messages to wait for; without it, all.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(1, long.MaxValue)]
    public long? Count { get; set; }

    /// <summary>How many messages are kept for a slow reader; 1,024 unless given. Beyond that the oldest are dropped and counted.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(1, 1 << 20)]
    public int Capacity { get; set; } = 1024;

    /// <inheritdoc/>
    /// <remarks>
    /// A server that a parameter names is received from before the next commands of the pipeline begin, so these can invite clients.
    /// </remarks>
    protected override void BeginProcessing()
    {
        if (!MyInvocation.ExpectingInput)
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MyInvocation.ExpectingInput)
        {
            base.ProcessRecord();
        }
    }

    private protected override void ProcessServer(EchoServer server)
    {
        _receivers.Add(server.Receive(Capacity));
        WriteVerbose($"Receives what comes to {server} from now on, and keeps at most {Capacity} messages for a slow reader.");
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_receivers.Count == 0)
        {
            return;
        }

        long received = 0;
        RunItem(null, () =>
        {
            long left = Count ?? long.MaxValue;
            foreach (EchoMessage message in Messages())
            {
                received++;
                WriteObject(message);
                WarnOfMissed();
                if (--left == 0)
                {
                    break;
                }
            }
        });
        WarnOfMissed();
        WriteVerbose($"Messages received: {received}; dropped: {_missed}.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _receivers.ForEach(receiver => receiver.Dispose());
        base.Dispose(disposing);
    }

    private IEnumerable<EchoMessage> Messages() => _receivers is [var only] ? MessagesOf(only) : MessagesOfAll();

    private IEnumerable<EchoMessage> MessagesOf(EchoSubscription receiver)
    {
        while (receiver.WaitToRead(StopToken))
        {
            while (receiver.TryRead(out EchoMessage? message))
            {
                yield return message;
            }
        }
    }

    // Each server has a task that hands over one message at a time, so the bound stays with the receivers.
    private IEnumerable<EchoMessage> MessagesOfAll()
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        using var messages = new BlockingCollection<EchoMessage>(boundedCapacity: 1);
        Task[] readers = [.. _receivers.Select(receiver => Task.Run(async () =>
        {
            await foreach (EchoMessage message in receiver.ReadAllAsync(ended.Token).ConfigureAwait(false))
            {
                messages.Add(message, ended.Token);
            }
        }))];
        Task all = Task.WhenAll(readers).ContinueWith(_ => messages.CompleteAdding(), TaskScheduler.Default);
        try
        {
            foreach (EchoMessage message in messages.GetConsumingEnumerable(StopToken))
            {
                yield return message;
            }
        }
        finally
        {
            ended.Cancel();
            all.Wait(CancellationToken.None);
        }
    }

    private void WarnOfMissed()
    {
        long missed = _receivers.Sum(receiver => receiver.Missed);
        if (missed > _missed)
        {
            WriteWarning($"{missed - _missed} messages came faster than they were read and were dropped; {missed} so far.");
            _missed = missed;
        }
    }
}
