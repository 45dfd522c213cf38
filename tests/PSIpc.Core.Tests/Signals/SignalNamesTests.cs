using System.Globalization;
using PSIpc.Signals;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class SignalNamesTests
{
    [Fact]
    public void Every_signal_is_found_by_each_of_its_names_and_its_number()
    {
        foreach (ProcessSignal signal in Enum.GetValues<ProcessSignal>())
        {
            string posix = SignalNames.PosixName(signal);
            string number = SignalNames.Number(signal).ToString(CultureInfo.InvariantCulture);
            Assert.All(
                new[] { signal.ToString(), $"{signal}".ToUpperInvariant(), posix, posix.ToLowerInvariant(), posix[3..], number, $" {number} " },
                text => Assert.Equal(signal, SignalNames.Parse(text)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-2")]
    [InlineData("SIG")]
    [InlineData("65")]
    [InlineData("Interrupted")]
    public void What_is_no_signal_is_answered_with_those_that_are(string text) =>
        Throws.Ipc(IpcErrorReason.ProcessSignalInvalid, () => SignalNames.Parse(text), "Interrupt (SIGINT, ", "WindowChange (SIGWINCH, ");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_group_of_processes_is_never_signalled(int processId) =>
        Throws.Ipc(IpcErrorReason.ProcessIdInvalid, () => ProcessSignals.Send(processId, ProcessSignal.Continue));
}
