Console.WriteLine("sinew bench");
