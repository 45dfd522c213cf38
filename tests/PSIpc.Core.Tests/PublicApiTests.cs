using PSIpc.TestSupport;
using PublicApiGenerator;
using Xunit;

namespace PSIpc.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void Public_API_is_the_one_that_was_decided() =>
        Snapshot.Matches("PublicApi.txt", typeof(IpcException).Assembly.GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            UseDenyNamespacePrefixesForExtensionMethods = false,
        }).ReplaceLineEndings("\n"));
}
