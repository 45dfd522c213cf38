using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

public sealed class RepositoryTests
{
    [Fact]
    public void The_build_leaves_the_command_where_the_readme_says() => Assert.True(File.Exists(Repository.Psipc), Repository.Psipc);
}
