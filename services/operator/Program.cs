System.Console.WriteLine("events");
