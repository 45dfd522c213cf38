Console.WriteLine("psipc");
