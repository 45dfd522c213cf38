@{
    RootModule        = 'OneCmdlet.dll'
    ModuleVersion     = '1.0'
    FormatsToProcess  = @('OneCmdlet.Format.ps1xml')
    CmdletsToExport   = @('Get-Constant')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
