using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PSIpc.Shell;

/// <summary>What the engine asks the user: a line, a secret, values for parameters, one of several choices.</summary>
internal sealed class Questions(bool nonInteractive)
{
    internal void RequireInteractive()
    {
        if (nonInteractive)
        {
            throw new HostException(
                "psipc is in NonInteractive mode, in which nothing can be asked.", null, "NonInteractive", ErrorCategory.PermissionDenied);
        }
    }

    internal string ReadLine()
    {
        RequireInteractive();
        return Console.In.ReadLine() ?? throw EndOfInput();
    }

    internal SecureString ReadSecret()
    {
        RequireInteractive();
        var secret = new SecureString();
        if (Console.IsInputRedirected)
        {
            foreach (char character in ReadLine())
            {
                secret.AppendChar(character);
            }
        }
        else
        {
            ReadKeys(secret);
        }

        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>Asks for each field; a list takes values until an empty one.</summary>
    internal Dictionary<string, PSObject> AskFields(Collection<FieldDescription> fields)
    {
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        foreach (FieldDescription field in fields)
        {
            Type type = Type.GetType(field.ParameterAssemblyFullName) ?? typeof(string);
            answers[field.Name] = PSObject.AsPSObject(
                type == typeof(SecureString) ? Labelled(field.Name, ReadSecret)
                : type == typeof(PSCredential) ? AskCredential("")
                : type != typeof(string) && typeof(IList).IsAssignableFrom(type) ? AskList(field.Name)
                : Labelled(field.Name, ReadLine));
        }

        return answers;
    }

    /// <summary>Asks until the answer is one of the choices or empty; <c>?</c> explains them.</summary>
    internal int AskChoice(Collection<ChoiceDescription> choices, int defaultChoice)
    {
        (string Key, string Label, string Help)[] options = [.. choices.Select(Describe)];
        string line = string.Join("  ", options.Select(option => $"[{option.Key}] {option.Label}")) + "  [?] Help"
            + (defaultChoice < 0 ? ": " : $" (default is \"{options[defaultChoice].Key}\"): ");
        while (true)
        {
            string answer = Labelled(line, ReadLine, "").Trim();
            int choice = answer.Length == 0
                ? defaultChoice
                : Array.FindIndex(options, option => Matches(answer, option.Key) || Matches(answer, option.Label));
            if (choice >= 0)
            {
                return choice;
            }

            foreach ((string key, string _, string help) in answer == "?" ? options : [])
            {
                Console.Out.WriteLine($"{key} - {help}");
            }
        }
    }

    internal PSCredential AskCredential(string? userName)
    {
        string user = string.IsNullOrEmpty(userName) ? Labelled("User", ReadLine) : userName;
        return new PSCredential(user, Labelled($"Password for user {user}", ReadSecret));
    }

    private static bool Matches(string answer, string text) => answer.Equals(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>The letter after the ampersand of a label is its key.</summary>
    private static (string Key, string Label, string Help) Describe(ChoiceDescription choice)
    {
        string label = choice.Label.Replace("&", "", StringComparison.Ordinal);
        int ampersand = choice.Label.IndexOf('&', StringComparison.Ordinal);
        string key = ampersand >= 0 && ampersand + 1 < choice.Label.Length ? choice.Label.Substring(ampersand + 1, 1) : label;
        return (key.ToUpper(CultureInfo.CurrentCulture), label, choice.HelpMessage);
    }

    private static HostException EndOfInput() =>
        new("The input ended before the question was answered.", null, "EndOfInput", ErrorCategory.ReadError);

    private List<string> AskList(string name)
    {
        var values = new List<string>();
        while (Labelled($"{name}[{values.Count}]", ReadLine) is { Length: > 0 } value)
        {
            values.Add(value);
        }

        return values;
    }

    private T Labelled<T>(string label, Func<T> read, string separator = ": ")
    {
        RequireInteractive();
        Console.Out.Write(label + separator);
        return read();
    }

    private static void ReadKeys(SecureString secret)
    {
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                if (secret.Length > 0)
                {
                    secret.RemoveAt(secret.Length - 1);
                }
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.AppendChar(key.KeyChar);
            }
        }

        Console.Out.WriteLine();
    }
}
