using System.Management.Automation;
using System.Xml.Linq;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The views of the format file, each on whole, deserialised and half-filled objects.</summary>
public sealed class FormatTests : SharedMemoryCommandTests
{
    private static readonly XElement[] Views =
        [.. XDocument.Load(Path.Combine(Repository.Root, "src/PSIpc/PSIpc.Format.ps1xml")).Descendants("View")];

    public static TheoryData<string> Types => ["SharedMemoryInfo", "SharedMemoryView", "SharedMemoryLimit", "SharedMemoryLock", "EchoServer", "EchoMessage", "EchoReply", "EchoMeasurement"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_output_type_has_a_table_and_a_list_also_after_remoting(string type)
    {
        foreach (string control in (string[])["TableControl", "ListControl"])
        {
            XElement view = Assert.Single(Views, view => Names(view).Contains($"PSIpc.{type}") && view.Element(control) is not null);
            Assert.Equal([$"PSIpc.{type}", $"Deserialized.PSIpc.{type}"], Names(view));
        }
    }

    [Fact]
    public void Every_type_that_a_cmdlet_gives_is_among_them()
    {
        string[] given = Text("(Get-Command -Module PSIpc).OutputType.Type.Where({ $_.Namespace -eq 'PSIpc' -and -not $_.IsEnum }).Name");

        Assert.Equal(Types.Select(row => row.Data).Append("MemoryRecord").Order(StringComparer.Ordinal), given.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_table_fits_into_80_columns()
    {
        foreach (XElement view in Views.Where(view => view.Element("TableControl") is not null))
        {
            XElement[] columns = [.. view.Descendants("TableColumnHeader")];
            int[] widths = [.. columns.Select(column => (int?)column.Element("Width") ?? ((string)column.Element("Label")!).Length)];
            Assert.True(widths.Sum() + widths.Length - 1 <= 80, $"{(string)view.Element("Name")!}: {widths.Sum() + widths.Length - 1}");
            Assert.Equal(columns.Length, view.Descendants("TableColumnItem").Count());
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void No_expression_fails_and_a_deserialised_object_looks_the_same(string type)
    {
        Text(Make);
        object live = Run($"$made.{type}").Output.Single().BaseObject;
        var remote = (PSObject)PSSerializer.Deserialize(PSSerializer.Serialize(live, 3));
        Assert.Contains($"Deserialized.PSIpc.{type}", remote.TypeNames);
        var empty = new PSObject();
        empty.TypeNames.Insert(0, $"PSIpc.{type}");

        foreach (XElement expression in Views.Where(view => Names(view).Contains($"PSIpc.{type}")).Descendants("ScriptBlock"))
        {
            Evaluate(expression.Value, empty);
            Assert.Equal(Evaluate(expression.Value, live), Evaluate(expression.Value, remote));
        }

        Text("$made.SharedMemoryLock | Unlock-SharedMemory; $made.SharedMemoryView | Disconnect-SharedMemory; $made.EchoServer | Stop-EchoServer");
    }

    [Theory]
    [InlineData("de-DE", "13:04:05,678")]
    [InlineData("en-US", "1:04:05.678 PM")]
    [InlineData("", "13:04:05.678")]
    public void A_time_of_day_is_as_the_culture_writes_it(string culture, string expected) =>
        Assert.Equal(expected, Shown(culture, "Clock([datetime] '2026-01-02 13:04:05.678')"));

    [Theory]
    [InlineData("0", "0 bytes")]
    [InlineData("1", "1 byte")]
    [InlineData("1023", "1,023 bytes")]
    [InlineData("1536", "1.5 KB (1,536 bytes)")]
    [InlineData("$null", "")]
    [InlineData("'text'", "")]
    public void A_size_is_exact_too(string bytes, string expected) => Assert.Equal(expected, Shown("", $"Bytes({bytes})"));

    private const string Make = """
        $segment = New-SharedMemory $key -Size 1536
        $server = Start-EchoServer
        $replies = Send-EchoMessage 'hello' -Server $server
        $receiver = $server.Receive(10, 1000)
        $null = Send-EchoMessage 'received' -Server $server
        $message = $null
        while (-not $receiver.TryRead([ref] $message)) { }
        $receiver.Dispose()
        $made = @{
            SharedMemoryInfo = $segment
            SharedMemoryView = Connect-SharedMemory $key
            SharedMemoryLock = Lock-SharedMemory $key -PassThru
            SharedMemoryLimit = Get-SharedMemoryLimit
            EchoServer = $server
            EchoReply = $replies
            EchoMessage = $message
            EchoMeasurement = Measure-EchoServer -Server $server -Count 10
        }
        """;

    private static string[] Names(XElement view) => [.. view.Descendants("TypeName").Select(name => name.Value)];

    // Some versions of the culture data have a narrow space before PM.
    private string Shown(string culture, string call) => Assert.Single(Text($$"""
        $before = [cultureinfo]::CurrentCulture
        [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo('{{culture}}')
        try { [PSIpc.Commands.Display]::{{call}} } finally { [cultureinfo]::CurrentCulture = $before }
        """)).Replace('\u202f', ' ');

    private string Evaluate(string expression, object subject)
    {
        SetVariable("subject", subject);
        EngineResult result = Run($"$subject | ForEach-Object {{ {expression} }}");
        Assert.True(result.Errors.Count == 0, $"{expression}: {string.Join(' ', result.Errors)}");
        return string.Join(';', result.Text);
    }
}
