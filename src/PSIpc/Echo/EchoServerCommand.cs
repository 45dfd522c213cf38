using System.Management.Automation;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>What works on servers of this process, named by their numbers or as objects.</summary>
public abstract class EchoServerCommand : IpcCommand
{
    private protected const string IdSet = "Id";
    private protected const string InputObjectSet = "InputObject";

    /// <summary>The servers' numbers in this process.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = IdSet)]
    [NotNullArgument]
    [ArgumentCompleter(typeof(EchoServerIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>A server of this process, as Start- and Get-EchoServer give it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Does this cmdlet's work for one server.</summary>
    private protected abstract void ProcessServer(EchoServer server);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (int id in Id)
        {
            RunItem(id, () => ProcessServer(EchoServer.Find(id)
                ?? throw new IpcException(IpcErrorReason.EchoServerNotFound, $"No echo server of this process has id {id}.")));
        }

        if (InputObject is { } given)
        {
            RunItem(given, () =>
            {
                ObjectOrigin.ThrowIfElsewhere(given);
                ProcessServer(given.BaseObject as EchoServer ?? throw NotLive(given));
            });
        }
    }

    private static IpcException NotLive(PSObject given) => new(
        IpcErrorReason.EchoServerNotFound,
        given.TypeNames.Contains($"Deserialized.{typeof(EchoServer).FullName}")
            ? $"{given} is a copy of an echo server: the server lives in the process that started it, and only there it can be stopped or "
                + "received from."
            : $"An object of type {given.TypeNames[0]} is no echo server.");
}
