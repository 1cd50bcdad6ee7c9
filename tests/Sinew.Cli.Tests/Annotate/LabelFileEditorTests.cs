using System.Text;
using FsCheck.Fluent;
using Sinew.Cli.Annotate;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests.Annotate;

public class LabelFileEditorTests
{
    [Fact]
    public void What_is_not_edited_is_copied_byte_by_byte() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            using var folder = new TempFolder();
            var random = new Random(seed);
            var people = Enumerable.Range(0, random.Next(5)).Select(_ => Object(random, 3)).ToArray();
            var list = random.Next(3) == 0;
            var text = list
                ? $"{Space(random)}[{Space(random)}{string.Join($"{Space(random)},{Space(random)}", people)}{Space(random)}]{Space(random)}"
                : $$"""{{Space(random)}}{"info"{{Space(random)}}:{{Value(random, 3)}},"annotations":{{Space(random)}}[{{string.Join($",{Space(random)}", people)}}]{{Space(random)}},"licenses":[{"annotations":[{}]}],"categories":[{"id":1}]{{Space(random)}}}{{Space(random)}}""";
            var path = folder.Write("labels.json", text);
            var editor = new Same();
            using var copy = new MemoryStream();
            LabelFileEditor.Copy(path, copy, editor);
            Assert.Equal(text, Encoding.UTF8.GetString(copy.ToArray()));
            Assert.Equal(people, editor.People);
            Assert.Equal(list ? [] : ["{\"id\":1}"], editor.Categories);
        }).Holds(cases: 300);

    [Fact]
    public void The_last_member_stands_before_the_last_brace()
    {
        using var folder = new TempFolder();
        using var copy = new MemoryStream();
        LabelFileEditor.Copy(folder.Write("a.json", "{\"a\": [1, {\"b\": \"}\"}]}\n"), copy, new Same { Last = "\"c\": 3" });
        Assert.Equal("{\"a\": [1, {\"b\": \"}\"}], \"c\": 3}\n", Encoding.UTF8.GetString(copy.ToArray()));
    }

    [Fact]
    public void Parts_are_found_whatever_lies_within()
    {
        var text = """ { "a\"b" : [1, {"x":"]}"} , "s" ] ,"c":-1.5e3,"d":{} }"""u8;
        var members = JsonParts.Members(text);
        Assert.Equal(["a\\\"b", "c", "d"], Texts(text, members.Select(m => m.Key)));
        Assert.Equal(["[1, {\"x\":\"]}\"} , \"s\" ]", "-1.5e3", "{}"], Texts(text, members.Select(m => m.Value)));
        var list = text[members[0].Value];
        Assert.Equal(["1", "{\"x\":\"]}\"}", "\"s\""], Texts(list, JsonParts.Elements(list)));
        Assert.Empty(JsonParts.Elements("[ ]"u8));
        Assert.Throws<SinewException>(() => JsonParts.Members("[]"u8));

        static List<string> Texts(ReadOnlySpan<byte> text, IEnumerable<Range> places)
        {
            var found = new List<string>();
            foreach (var place in places) found.Add(Encoding.UTF8.GetString(text[place]));
            return found;
        }
    }

    private static string Space(Random random) => new[] { "", "", " ", "\n  ", "\t" }[random.Next(5)];

    private static string Text(Random random) => $"\"{string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => new[] { "a", "ü", "\\\"", "\\\\", "{", "}", "[", "]", ",", ":", "\\u00e9" }[random.Next(11)]))}\"";

    private static string Object(Random random, int depth) =>
        $"{{{Space(random)}{string.Join(",", Enumerable.Range(0, random.Next(4)).Select(i => $"\"k{i}\"{Space(random)}:{Space(random)}{Value(random, depth - 1)}{Space(random)}"))}}}";

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => "NaN",
        1 => "-1.50e+2",
        2 => Text(random),
        3 => "null",
        4 => Object(random, depth),
        _ => $"[{Space(random)}{string.Join(",", Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth - 1)))}]",
    };

    private sealed class Same : IRecordEditor
    {
        public List<string> People { get; } = [];

        public List<string> Categories { get; } = [];

        public string Last { get; init; } = "";

        public void Person(ReadOnlySpan<byte> record, int index, Stream to)
        {
            Assert.Equal(People.Count, index);
            People.Add(Encoding.UTF8.GetString(record));
            to.Write(record);
        }

        public void Category(ReadOnlySpan<byte> record, Stream to)
        {
            Categories.Add(Encoding.UTF8.GetString(record));
            to.Write(record);
        }

        public string LastMember(IReadOnlySet<string> keys) => Last;
    }
}
