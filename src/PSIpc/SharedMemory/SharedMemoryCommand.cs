using System.Management.Automation;
using PSIpc.Objects;

namespace PSIpc.Commands;

/// <summary>The addresses that something can be created at and found at, and the loop over them.</summary>
public abstract class SharedMemoryCommand : IpcCommand
{
    private protected const string KeySet = "Key";
    private protected const string NameSet = "Name";

    /// <summary>System V keys: <c>1234</c>, <c>'0x4d2'</c>, <c>'ftok:PATH,PROJECT'</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = KeySet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = [];

    /// <summary>Names of POSIX objects, or of named sections on Windows.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SharedMemoryNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>What an error about a value is about: never the value itself, because errors are shown and logged with their target.</summary>
    private protected object Target => Key.Length > 0 ? Key : Name;

    /// <summary>Does this cmdlet's work for one address.</summary>
    private protected abstract void Process(IpcAddress address);

    /// <summary>Does the work for each address given; one that fails is an error, and the next has its turn.</summary>
    private protected virtual void ProcessAddresses()
    {
        foreach (string key in Key)
        {
            Attempt(key, () => Process(IpcAddress.FromKey(SystemVKey.Parse(key))));
        }

        foreach (string name in Name)
        {
            Attempt(name, () => ProcessName(name));
        }
    }

    private protected virtual void ProcessName(string name) => Process(IpcAddress.FromName(name));

    /// <inheritdoc/>
    protected override void ProcessRecord() => ProcessAddresses();
}
