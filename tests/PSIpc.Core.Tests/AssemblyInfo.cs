using PSIpc.TestSupport;
using Xunit;

[assembly: AssemblyFixture(typeof(NothingLeft))]
