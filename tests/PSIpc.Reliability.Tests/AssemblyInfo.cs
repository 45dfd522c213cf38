using PSIpc.TestSupport;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(NothingLeft))]

// The tests count what the whole process holds, and kill what runs beside it: one after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
