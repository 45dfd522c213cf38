#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Get-SharedMemoryLimit' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'agrees with the kernel and shows what is in use' {
        $null = New-SharedMemory $key 1MB
        $null = New-SharedMemory -Name $name -Size 1MB
        $limit = Get-SharedMemoryLimit
        $limit.UsedSegments | Should -BeGreaterOrEqual 1
        $limit.UsedPages | Should -BeGreaterOrEqual 256
        $limit.PosixObjects | Should -BeGreaterOrEqual 1
        $limit.MaxSegments | Should -Be ([int] (Get-Content /proc/sys/kernel/shmmni))
        $limit.PosixBytes | Should -BeGreaterOrEqual $limit.PosixFreeBytes
        $limit.PosixFreeBytes | Should -BeGreaterThan 0
        $limit.PageBytes | Should -Be ([Environment]::SystemPageSize)
        $limit.PosixPath | Should -BeExactly '/dev/shm'
    }

    It 'is displayed as a list with units' {
        $lines = Get-SharedMemoryLimit | Out-String -Width 80 -Stream
        $lines -cmatch '^MaxSegments +: ' | Should -HaveCount 1
        $lines -cmatch '^PosixPath +: /dev/shm$' | Should -HaveCount 1
        $lines -cmatch '^PosixBytes +: [0-9.,]+ [KMGT]B$' | Should -HaveCount 1
    }
}
