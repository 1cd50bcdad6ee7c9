Console.Error.WriteLine("sinew: no verbs yet");
return 2;
