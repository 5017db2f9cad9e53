// Crashes in the way that its first argument names; the line that is to blame carries a mark.
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;

namespace Shop
{
    class Basket
    {
        public string Owner;
        public List<int> Prices = new List<int> { 1, 2, 3 };
        public int OwnerLength() { return Owner.Length; } // crash: null
        public int Last() { return Prices[3]; } // crash: index
    }

    static class Program
    {
        static int Stock(Dictionary<string, int> stock, string name) { return stock[name]; } // crash: missing-key
        static int Share(int total, int people) { return total / people; } // crash: divide
        static int Port(string text) { return int.Parse(text); } // crash: number
        static string Cast(object value) { return (string)value; } // crash: cast
        static string Load(string path) { return File.ReadAllText(path); } // crash: file
        static void Refuse() { throw new InvalidOperationException("no pears today"); } // crash: own

        static void Nested()
        {
            try { Share(1, 0); }
            catch (DivideByZeroException error) { throw new ApplicationException("the bill failed", error); }
        }

        static async Task<int> Later()
        {
            await Task.Yield();
            return new Basket().OwnerLength();
        }

        static void Main(string[] args)
        {
            switch (args[0])
            {
                case "null": new Basket().OwnerLength(); break;
                case "index": new Basket().Last(); break;
                case "missing-key": Stock(new Dictionary<string, int>(), "pear"); break;
                case "divide": Share(15, args.Length - 1); break;
                case "number": Port("eighty"); break;
                case "cast": Cast(7); break;
                case "file": Load("/srv/shop/none/prices.csv"); break;
                case "own": Refuse(); break;
                case "nested": Nested(); break;
                case "aggregate": Later().Wait(); break;
            }
        }
    }
}
