using System.Globalization;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>
/// The lock of a segment: the first semaphore of the set with the same key, 1 when free, taken and given with SEM_UNDO, as a
/// C program takes it with semop(2).
/// </summary>
/// <remarks>
/// A set that PSIpc makes has a second semaphore with a value of its own, by which every later process knows that the set may
/// be removed with the segment. Making it is safe against processes that come at the same moment or die in the middle: the
/// kernel makes both semaphores 0, which no one can take, and one semop gives both their values, if the mark is 0 still.
/// </remarks>
internal sealed class SystemVLock : SharedMemoryLock
{
    private const ushort Semaphore = 0;
    private const ushort Mark = 1;
    private const int Semaphores = 2;
    private const short MarkValue = 0x5049;

    private readonly IpcPerm _segment;
    private readonly bool _polls;
    private int _id;

    /// <summary>The lock of a segment, not taken yet.</summary>
    /// <param name="address">What the caller calls it.</param>
    /// <param name="id">The segment.</param>
    /// <param name="segment">Its key, owner and mode, which a new semaphore has too.</param>
    /// <param name="polls">Whether the semaphore is asked again and again: macOS has no semtimedop(2).</param>
    internal SystemVLock(IpcAddress address, int id, in IpcPerm segment, bool polls)
        : base(address)
    {
        Id = id;
        _segment = segment;
        _polls = polls;
    }

    public override int? Key => _segment.Key;

    public override int? Id { get; }

    private protected override bool Exists => Libc.SemProcess(_id, Semaphore).IsSuccess;

    /// <summary>Removes the semaphores with this key, if PSIpc made them and this user may.</summary>
    internal static void Remove(int key)
    {
        if (key != SysShmH.IPC_PRIVATE
            && Libc.SemGet(key, 0, 0) is { IsSuccess: true, IntValue: var id }
            && Libc.SemValue(id, Mark).Value == MarkValue)
        {
            Libc.SemRemove(id);
        }
    }

    private protected override void Acquire(PollingWait wait)
    {
        _id = OpenOrCreate();
        while (true)
        {
            NativeError error = TryTake(wait.Slice).Error;
            switch (error.Code)
            {
                case Errno.None:
                    return;
                case Errno.EAGAIN or Errno.EINTR when _polls:
                    wait.Pause();
                    break;
                case Errno.EAGAIN or Errno.EINTR:
                    wait.ThrowIfCancelledOrExpired();
                    break;
                case Errno.EINVAL or Errno.ENOSPC when Exists:
                    throw new IpcException(
                        IpcErrorReason.SharedMemoryLimitReached,
                        $"This process holds as many locks as the kernel can undo when it ends; the lock of {Address} was not taken.",
                        error.Raw);
                case Errno.EIDRM or Errno.EINVAL:
                    // Removed, with its segment or alone.
                    _id = OpenOrCreate();
                    wait.ThrowIfCancelledOrExpired();
                    break;
                default:
                    throw SystemVBackend.Error("semop", Address, error);
            }
        }
    }

    // Where the set was removed meanwhile there is nothing to give back.
    private protected override void Release(bool held)
    {
        if (held)
        {
            Libc.SemOp(_id, new SemBuf(Semaphore, 1, SysSemH.SEM_UNDO));
        }
    }

    private NativeResult TryTake(TimeSpan time) => _polls
        ? Libc.SemOp(_id, new SemBuf(Semaphore, -1, SysSemH.SEM_UNDO | SysSemH.IPC_NOWAIT))
        : Libc.SemTimedOp(_id, new(Semaphore, -1, SysSemH.SEM_UNDO), time);

    private int OpenOrCreate()
    {
        for (int attempt = 1; ; attempt++)
        {
            if (Libc.SemGet(_segment.Key, 0, 0) is { IsSuccess: true, IntValue: var existing })
            {
                if (IsUntouched(existing))
                {
                    GiveValues(existing);
                }

                return existing;
            }

            int flags = SysShmH.IPC_CREAT | SysShmH.IPC_EXCL | (int)(_segment.Mode & 0b110_110_110);
            NativeResult created = Libc.SemGet(_segment.Key, Semaphores, flags);
            NativeError error = created.Error;
            if (created.IsSuccess)
            {
                int id = created.IntValue;
                // A user who may write to the segment makes the lock for its owner.
                Libc.SemSet(id, _segment with { Mode = _segment.Mode & 0b110_110_110 });
                GiveValues(id);
                if (Libc.ShmGet(_segment.Key, 0, 0).Value == Id)
                {
                    return id;
                }

                // Nobody would remove it with a segment that is gone.
                Libc.SemRemove(id);
                throw SharedMemoryErrors.RemovedMeanwhile(Address);
            }

            if (error.Code != Errno.EEXIST || attempt == SystemVBackend.CreateAttempts)
            {
                throw error.Code == Errno.ENOSPC ? NoSemaphore(error) : SystemVBackend.Error("semget", Address, error);
            }
        }
    }

    private IpcException NoSemaphore(NativeError error) => new(
        IpcErrorReason.SharedMemoryLimitReached,
        $"No semaphore is left for the lock of {Address}: see "
            + (OperatingSystem.IsMacOS() ? "" : "the third and fourth number of /proc/sys/kernel/sem, and ")
            + "ipcs -s.",
        error.Raw);

    // Two semaphores that no semop or SETVAL has reached: whoever made them has not come so far, or died before.
    private static bool IsUntouched(int id) =>
        !Libc.SemProcess(id, Semaphores).IsSuccess && Libc.SemProcess(id, Mark).Value == 0 && Libc.SemValue(id, Mark).Value == 0
        && Libc.SemProcess(id, Semaphore).Value == 0 && Libc.SemValue(id, Semaphore).Value == 0;

    private static void GiveValues(int id) => Libc.SemOp(
        id, new SemBuf(Mark, 0, SysSemH.IPC_NOWAIT), new SemBuf(Mark, MarkValue), new SemBuf(Semaphore, 1));

    private protected override string Describe() => Libc.SemProcess(_id, Semaphore).Value is var process and > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{base.Describe()}; process {process} took it last")
        : base.Describe();
}
