using PSIpc.Echo.Client;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public sealed class EchoPayloadTests
{
    [Fact]
    public void A_pattern_is_the_same_from_any_offset_and_in_pieces_of_any_size()
    {
        EchoPayload pattern = EchoPayload.Pattern(1000, seed: 7);
        byte[] whole = pattern.Slice(0, new byte[1000]).ToArray();

        for (int offset = 0; offset < 40; offset++)
        {
            for (int count = 1; count < 40; count++)
            {
                Assert.Equal(whole[offset..(offset + count)], pattern.Slice(offset, new byte[count]).ToArray());
            }
        }
    }

    [Fact]
    public void Patterns_of_other_seeds_differ()
    {
        Assert.NotEqual(
            EchoPayload.Pattern(64, seed: 1).Slice(0, new byte[64]).ToArray(),
            EchoPayload.Pattern(64, seed: 2).Slice(0, new byte[64]).ToArray());
    }

    [Fact]
    public void A_slice_ends_where_the_payload_ends()
    {
        Assert.Equal(4, EchoPayload.Pattern(10).Slice(6, new byte[64]).Length);
        Assert.Equal(4, EchoPayload.FromStream(new MemoryStream(new byte[10])).Slice(6, new byte[64]).Length);
        Assert.Equal(4, EchoPayload.FromBytes(new byte[10]).Slice(6, default).Length);
    }

    [Fact]
    public void A_stream_is_sent_from_its_position_on()
    {
        var stream = new MemoryStream([1, 2, 3, 4, 5]) { Position = 2 };

        EchoPayload payload = EchoPayload.FromStream(stream);

        Assert.Equal(3, payload.Length);
        Assert.Equal<byte>([4, 5], payload.Slice(1, new byte[8]).ToArray());
    }

    [Fact]
    public void A_stream_that_cannot_be_sought_is_an_error()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();

        Assert.Equal(IpcErrorReason.EchoOptionInvalid, Assert.Throws<IpcException>(() => EchoPayload.FromStream(pipe)).Reason);
    }

    [Fact]
    public void A_stream_that_became_shorter_is_an_error()
    {
        var stream = new MemoryStream();
        stream.SetLength(10);
        EchoPayload payload = EchoPayload.FromStream(stream);
        stream.SetLength(5);

        Assert.Equal(IpcErrorReason.EchoOptionInvalid, Assert.Throws<IpcException>(() => payload.Slice(0, new byte[10])).Reason);
    }

    [Fact]
    public void A_text_is_sent_without_a_preamble() =>
        Assert.Equal(2, EchoPayload.FromText("A", System.Text.Encoding.Unicode).Length);
}
