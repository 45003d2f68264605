using System;
using System.IO;
using System.Text;

namespace Countermark.Adapter
{
    /// <summary>Answers one line for each line on standard input, until end of file.</summary>
    internal static class Program
    {
        private static void Main()
        {
            var utf8 = new UTF8Encoding(false);
            using var input = new StreamReader(Console.OpenStandardInput(), utf8);
            using var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { NewLine = "\n" };
            while (input.ReadLine() is string line)
            {
                output.WriteLine(Answers.Answer(line));
                output.Flush();
            }
        }
    }
}
