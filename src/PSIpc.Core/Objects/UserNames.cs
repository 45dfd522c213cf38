using System.Collections.Concurrent;
using System.Globalization;
using PSIpc.Interop;

namespace PSIpc.Objects;

/// <summary>Names of users and groups by number; the number itself where the system knows no name.</summary>
internal static class UserNames
{
    // The name service may ask a network: each number is asked once a process.
    private static readonly ConcurrentDictionary<uint, string> Users = new();
    private static readonly ConcurrentDictionary<uint, string> Groups = new();

    internal static string Current => OperatingSystem.IsWindows() ? Environment.UserName : OfUser(Libc.GetEUid());

    internal static string OfUser(uint uid) =>
        Users.GetOrAdd(uid, static id => Libc.GetUserName(id) ?? id.ToString(CultureInfo.InvariantCulture));

    internal static string OfGroup(uint gid) =>
        Groups.GetOrAdd(gid, static id => Libc.GetGroupName(id) ?? id.ToString(CultureInfo.InvariantCulture));
}
