@{
    ExcludeRules = @(
        # It does not see that a Pester block reads what BeforeAll, BeforeEach and BeforeDiscovery assign.
        'PSUseDeclaredVarsMoreThanAssignments'
        # It is for functions that are exported; helpers inside a script have nobody to ask for confirmation.
        'PSUseShouldProcessForStateChangingFunctions'
    )
    Rules        = @{
        # Whose script blocks use the script's own parameters.
        PSReviewUnusedParameter = @{ CommandsToTraverse = @('BeforeAll', 'Test-That') }
    }
}
