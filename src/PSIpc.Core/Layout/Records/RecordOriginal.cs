namespace PSIpc.Layout.Records;

/// <summary>The bytes that a record was read from: what they hold still is no change.</summary>
internal sealed record RecordOriginal(MemoryLayout Layout, byte[] Bytes);
