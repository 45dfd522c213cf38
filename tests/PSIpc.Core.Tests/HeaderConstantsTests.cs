using System.Globalization;
using System.Reflection;
using System.Text;
using PSIpc.Interop;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The constants of the C headers, as the C compiler of this machine has them.</summary>
public sealed class HeaderConstantsTests
{
    private static readonly Dictionary<Type, string> Headers = new()
    {
        [typeof(SysSocketH)] = "sys/socket.h",
        [typeof(SysEpollH)] = "sys/epoll.h",
        [typeof(SysEventfdH)] = "sys/eventfd.h",
        [typeof(SysTimerfdH)] = "sys/timerfd.h",
        [typeof(SysFileH)] = "sys/file.h",
        [typeof(SysResourceH)] = "sys/resource.h",
        [typeof(SysStatH)] = "sys/stat.h",
        [typeof(FcntlH)] = "fcntl.h",
        [typeof(PollH)] = "poll.h",
        [typeof(NetinetInH)] = "netinet/in.h",
        [typeof(NetinetTcpH)] = "netinet/tcp.h",
    };

    [Fact]
    public void Every_class_of_constants_is_checked()
    {
        IEnumerable<Type> all = typeof(Libc).Assembly.GetTypes().Where(type => type.Namespace == "PSIpc.Interop" && type.Name.EndsWith('H') && type.IsAbstract);
        Assert.Equal(all.OrderBy(type => type.Name), Headers.Keys.OrderBy(type => type.Name));
    }

    [Fact]
    public void Constants_are_those_of_the_headers()
    {
        (string Name, long Value, string Header)[] constants =
        [
            .. Headers.SelectMany(header => header.Key.GetFields(BindingFlags.NonPublic | BindingFlags.Static)
                .Select(field => (field.Name, Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture), header.Value))),
            .. Enum.GetValues<Errno>().Where(errno => errno != Errno.None).Select(errno => (errno.ToString(), (long)errno, "errno.h")),
        ];
        Assert.Equal(Render(constants.Select(constant => (constant.Name, constant.Value))), Print(constants.Select(constant => (constant.Name, constant.Name)), constants));
    }

    [Fact]
    public void Structures_are_laid_out_as_in_the_headers()
    {
        (string Name, string Header)[] headers = [("", "sys/epoll.h"), ("", "sys/stat.h")];
        string printed = Print(
            [
                ("epoll_event", "sizeof(struct epoll_event)"),
                ("statx", "sizeof(struct statx)"),
                ("uid", "offsetof(struct statx, stx_uid)"),
                ("mode", "offsetof(struct statx, stx_mode)"),
                ("inode", "offsetof(struct statx, stx_ino)"),
                ("major", "offsetof(struct statx, stx_dev_major)"),
                ("minor", "offsetof(struct statx, stx_dev_minor)"),
            ],
            headers.Select(header => (header.Name, 0L, header.Header)));
        Assert.Equal(
            Render([("epoll_event", EpollEvents.Size), ("statx", 256), ("uid", 20), ("mode", 28), ("inode", 32), ("major", 136), ("minor", 140)]),
            printed);
    }

    private static string Render(IEnumerable<(string Name, long Value)> values) =>
        string.Concat(values.Select(value => $"{value.Name} {value.Value}\n"));

    private static string Print(IEnumerable<(string Name, string Expression)> values, IEnumerable<(string Name, long Value, string Header)> uses)
    {
        var source = new StringBuilder("#define _GNU_SOURCE\n#include <stdio.h>\n#include <stddef.h>\n");
        foreach (string header in uses.Select(use => use.Header).Distinct())
        {
            source.AppendLine(CultureInfo.InvariantCulture, $"#include <{header}>");
        }

        source.AppendLine("int main(void) {");
        foreach ((string name, string expression) in values)
        {
            source.AppendLine(CultureInfo.InvariantCulture, $"printf(\"{name} %lld\\n\", (long long)({expression}));");
        }

        return CProgram.RunText("constants", source.Append("return 0; }\n").ToString());
    }
}
