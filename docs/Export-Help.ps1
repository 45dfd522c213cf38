<#
.SYNOPSIS
    Creates en-US/PSIpc.dll-Help.xml, the file that Get-Help reads, from the pages in docs/en-US.
.DESCRIPTION
    Microsoft.PowerShell.PlatyPS does the export. This script corrects what its version 1.0 exports wrong.
#>
#requires -Version 7.4
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
Import-Module Microsoft.PowerShell.PlatyPS -MinimumVersion 1.0.1
$unfit = Get-ChildItem "$PSScriptRoot/en-US/*.md" | Where-Object { -not (Test-MarkdownCommandHelp $_) }
if ($unfit) { throw "Not of PlatyPS's schema: $unfit" }
$pages = Import-MarkdownCommandHelp "$PSScriptRoot/en-US/*.md"
$file = $pages | Export-MamlCommandHelp -OutputFolder "$root/artifacts/help" -Force
$maml = [xml]::new()
$maml.Load($file.FullName)
foreach ($command in $maml.helpItems.ChildNodes) {
    $page = $pages | Where-Object Title -EQ $command['command:details']['command:name'].InnerText
    # The export drops the defaults.
    foreach ($parameter in $command['command:parameters'].ChildNodes) {
        $default = ($page.Parameters | Where-Object Name -EQ $parameter['maml:name'].InnerText).DefaultValue
        if ($default) {
            $parameter.AppendChild($maml.CreateElement('dev', 'defaultValue', $parameter.GetNamespaceOfPrefix('dev'))).InnerText = $default
        }
    }
    # It puts a control character between paragraphs of an example; a blank line shows as one.
    foreach ($text in $command['command:examples'].ChildNodes.ForEach{ $_['maml:introduction'] }) {
        $paragraphs = $text.ChildNodes.InnerText -ne [char] 0x80
        while ($text.ChildNodes.Count -gt 1) { $null = $text.RemoveChild($text.LastChild) }
        $text.FirstChild.InnerText = $paragraphs -join "`n`n"
    }
    # Links between the pages are no addresses, and no page is online.
    foreach ($link in @($command['command:relatedLinks'].ChildNodes)) {
        if ($link['maml:linkText'].InnerText -eq 'Online Version') { $null = $link.ParentNode.RemoveChild($link) }
        elseif ($link['maml:uri'].InnerText -notlike 'http*') { $link['maml:uri'].InnerText = '' }
    }
}
$maml.Save("$root/en-US/PSIpc.dll-Help.xml")
Get-Item "$root/en-US/PSIpc.dll-Help.xml"
