using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sinew.Cli.Serve;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Inference.Tests;

namespace Sinew.Cli.Tests;

/// <summary>The server as its clients see it, over a real socket.</summary>
[Collection(ServingTests.Name)]
public sealed partial class ServeTests(Serving serving)
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task A_picture_comes_back_with_the_joints_that_the_library_finds()
    {
        await using var server = await Start();
        var photo = serving.People[^1];
        using var answer = await Post(server, "/v1/poses", await File.ReadAllBytesAsync(photo, Cancel));
        using var image = ImageDecoder.Decode(photo);
        var picture = Check(answer, HttpStatusCode.OK).GetProperty("pictures")[0];
        Assert.Equal((image.Width, image.Height), (picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32()));
        Assert.Equal(21, answer.RootElement.GetProperty("joints").GetArrayLength());
        Assert.Equal(Expected(image, null), Keypoints(picture));
    }

    [Fact]
    public async Task A_network_that_finds_the_people_itself_is_served_too()
    {
        const int Side = 64;
        var joints = Enumerable.Range(0, 17).SelectMany(k => new[] { 10f + k, 20 + k, 0.5f }).ToArray();
        var path = serving.File("rtmo.onnx");
        await File.WriteAllBytesAsync(
            path, new OnnxBuilder().Input("input", OnnxElementType.Float32, 1, 3, Side, Side).Gives("dets", [8, 18, 40, 50, 0.9f], 1, 1, 5).Gives("keypoints", joints, 1, 1, 17, 3).Build(), Cancel);
        Assert.Contains("leave out --detector", Assert.Throws<SinewException>(() => ServedModel.Open(path, "any.onnx")).Message, StringComparison.Ordinal);
        using var model = ServedModel.Open(path, null);
        await using var server = await PoseServer.StartAsync(model, new ServeOptions { Port = 0 }, Cancel);
        using (var picture = new Image(Side, Side)) ImageEncoder.Save(picture, serving.File("dark.png"));
        var photo = await File.ReadAllBytesAsync(serving.File("dark.png"), Cancel);
        using var answer = await Post(server, "/v1/poses", photo);
        var found = Keypoints(Check(answer, HttpStatusCode.OK).GetProperty("pictures")[0]);
        Assert.Equal(joints, found);
        using var refused = await Post(server, "/v1/poses?box=1,1,20,20", photo);
        Assert.Contains("finds the people itself", refused.RootElement.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_takes_several_pictures_and_a_query_several_boxes()
    {
        await using var server = await Start();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(serving.People[0], Cancel)), "image", "../a/one.png" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(serving.People[1], Cancel)), "image", "two.png" },
        };
        using var response = await Http.PostAsync(server.Address + "/v1/poses?box=10,20,100,200&box=60.5,0,150,300", form, Cancel);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        var pictures = answer.RootElement.GetProperty("pictures");
        Assert.Equal(["one.png", "two.png"], pictures.EnumerateArray().Select(p => p.GetProperty("file").GetString()));
        using var second = ImageDecoder.Decode(serving.People[1]);
        Assert.Equal(Expected(second, new Box(10, 20, 100, 200)), Keypoints(pictures[1], 0));
        Assert.Equal(Expected(second, new Box(60.5f, 0, 150, 300)), Keypoints(pictures[1], 1));
    }

    [Theory]
    [InlineData("", "", "no picture")]
    [InlineData("", "neither JPEG nor PNG", "not a JPEG, PNG or WebP")]
    [InlineData("", "LARGE", "more than the 1,000,000 allowed")]
    [InlineData("?bx=1,2,3,4", "PICTURE", "did you mean 'box'?")]
    [InlineData("?box=1,2,3", "PICTURE", "x,y,width,height")]
    [InlineData("?box=1,2,3,nan", "PICTURE", "x,y,width,height")]
    [InlineData("?box=1,2,0,5", "PICTURE", "greater than 0")]
    [InlineData("?box=0,0,1e-30,1e-30", "PICTURE", "greater than 0")]
    [InlineData("?box=999999,0,0.001,0.001", "PICTURE", "too small")]
    [InlineData("?detect=maybe", "PICTURE", "true or false")]
    [InlineData("?detect=true", "PICTURE", "no detector")]
    [InlineData("?box=1,2,3,4&box=1,2,3,4&box=1,2,3,4", "PICTURE", "more than the 2")]
    public async Task What_cannot_be_answered_says_why(string query, string body, string expected)
    {
        await using var server = await Start(o => o with { MaxPixels = 1_000_000, MaxPeople = 2 });
        using var answer = await Post(server, "/v1/poses" + query, body switch
        {
            "PICTURE" => await File.ReadAllBytesAsync(serving.People[0], Cancel),
            "LARGE" => Pictures.HugePng(60_000, 60_000),
            _ => Encoding.UTF8.GetBytes(body),
        });
        var problem = Check(answer, HttpStatusCode.BadRequest);
        Assert.Contains(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_breaks_off_is_refused_and_the_server_goes_on()
    {
        await using var server = await Start();
        var whole = await File.ReadAllBytesAsync(serving.People[0], Cancel);
        for (var length = 1; length < whole.Length; length += 1 + (whole.Length / 17))
        {
            using var answer = await Post(server, "/v1/poses", whole[..length]);
            Check(answer, HttpStatusCode.BadRequest);
        }

        using var good = await Post(server, "/v1/poses", whole);
        Check(good, HttpStatusCode.OK);
    }

    [Fact]
    public async Task More_bytes_than_allowed_are_not_read()
    {
        await using var server = await Start(o => o with { MaxBytes = 1000 });
        using var told = await Post(server, "/v1/poses", new byte[1001]);
        Check(told, HttpStatusCode.RequestEntityTooLarge);

        using var chunked = new StreamContent(new MemoryStream(new byte[5000]));
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + "/v1/poses") { Content = chunked };
        request.Headers.TransferEncodingChunked = true;
        using var response = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);

        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[2000]), "image", "a.png" } };
        using var large = await Http.PostAsync(server.Address + "/v1/poses", form, Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Who_comes_when_all_places_are_taken_is_sent_away_at_once()
    {
        await using var server = await Start(o => o with { Concurrency = 1, Queue = 0 });
        var picture = await File.ReadAllBytesAsync(serving.People[0], Cancel);
        using (await BeginRequest(server, picture, picture.Length / 2))
        {
            await Until(async () => (await Metrics(server))["sinew_requests_inside"] == 1);
            using var refused = await Http.PostAsync(server.Address + "/v1/poses", new ByteArrayContent(picture), Cancel);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        }

        // the place of a client that went away is free again
        await Until(async () => (await Metrics(server))["sinew_requests_inside"] == 0);
        using var good = await Post(server, "/v1/poses", picture);
        Check(good, HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_crowd_is_answered_or_sent_away_and_leaves_nothing_behind()
    {
        await using var server = await Start(o => o with { Concurrency = 2, Queue = 2 });
        var picture = await File.ReadAllBytesAsync(serving.People[0], Cancel);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using var response = await Http.PostAsync(server.Address + "/v1/poses", new ByteArrayContent(picture), Cancel);
            return response.StatusCode;
        }));
        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.All(statuses, s => Assert.Contains(s, new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests }));
        var metrics = await Metrics(server);
        Assert.Equal(0, metrics["sinew_requests_inside"]);
        Assert.Equal(40, metrics["sinew_request_seconds_count"]);
        Assert.Equal(statuses.Count(s => s == HttpStatusCode.OK), metrics["sinew_pictures_total"]);
    }

    [Fact]
    public async Task A_form_that_is_damaged_anywhere_is_refused_or_read_and_never_fails_the_server()
    {
        await using var server = await Start();
        using var form = new MultipartFormDataContent("border") { { new ByteArrayContent([1, 2, 3]), "image", "a.png" }, { new StringContent("text"), "words" } };
        var whole = await form.ReadAsByteArrayAsync(Cancel);
        var random = new Random(4);
        for (var round = 0; round < 150; round++)
        {
            var damaged = whole.AsSpan(0, round % 2 == 0 ? whole.Length : random.Next(whole.Length)).ToArray();
            for (var i = 0; i < 3 && damaged.Length > 0; i++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var content = new ByteArrayContent(damaged);
            content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=\"border\"");
            using var response = await Http.PostAsync(server.Address + "/v1/poses", content, Cancel);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"round {round}: {response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
        }
    }

    [Fact]
    public async Task Who_sends_too_slowly_or_waits_too_long_is_told()
    {
        await using var server = await Start(o => o with { Timeout = TimeSpan.FromSeconds(0.4) });
        var picture = await File.ReadAllBytesAsync(serving.People[0], Cancel);
        using var slow = await BeginRequest(server, picture, 10);
        Assert.StartsWith("HTTP/1.1 408", await ReadAnswer(slow), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stops_answers_who_is_inside()
    {
        var server = await Start();
        await using (server)
        {
            var picture = await File.ReadAllBytesAsync(serving.People[0], Cancel);
            using var inside = await BeginRequest(server, picture, 100);
            await Until(async () => (await Metrics(server))["sinew_requests_inside"] == 1);
            var stopped = server.StopAsync();
            await inside.SendAsync(picture.AsMemory(100), Cancel);
            Assert.StartsWith("HTTP/1.1 200", await ReadAnswer(inside), StringComparison.Ordinal);
            await stopped.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
            await Assert.ThrowsAsync<HttpRequestException>(() => Http.GetAsync(server.Address + "/health", Cancel));
        }
    }

    [Fact]
    public async Task The_description_names_what_there_is()
    {
        await using var server = await Start();
        using var document = JsonDocument.Parse(await Http.GetStringAsync(server.Address + "/openapi/v1.json", Cancel));
        var root = document.RootElement;
        Assert.StartsWith("3.1", root.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        foreach (var path in root.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                using var request = new HttpRequestMessage(new HttpMethod(operation.Name.ToUpperInvariant()), server.Address + path.Name);
                using var response = await Http.SendAsync(request, Cancel);
                var statuses = operation.Value.GetProperty("responses").EnumerateObject().Select(r => r.Name);
                Assert.Contains(((int)response.StatusCode).ToString(), statuses);
            }
        }

        using var answer = await Post(server, "/v1/poses", await File.ReadAllBytesAsync(serving.People[0], Cancel));
        Matches(answer.RootElement, root, root.GetProperty("components").GetProperty("schemas").GetProperty("Poses"));
    }

    [Fact]
    public async Task Metrics_count_requests_pictures_and_people()
    {
        await using var server = await Start();
        var picture = await File.ReadAllBytesAsync(serving.People[0], Cancel);
        using var good = await Post(server, "/v1/poses?box=0,0,50,90&box=9,9,50,90", picture);
        using var bad = await Post(server, "/v1/poses", [1]);
        var metrics = await Metrics(server);
        Assert.Equal(1, metrics["sinew_requests_total{status=\"200\"}"]);
        Assert.Equal(1, metrics["sinew_requests_total{status=\"400\"}"]);
        Assert.Equal((1, 2), (metrics["sinew_pictures_total"], metrics["sinew_people_total"]));
        Assert.Equal(2, metrics["sinew_request_seconds_count"]);
        Assert.Equal(2, metrics["sinew_request_seconds_bucket{le=\"+Inf\"}"]);
        Assert.InRange(metrics["sinew_stage_seconds_total{stage=\"estimate\"}"], 1e-6, metrics["sinew_request_seconds_sum"]);
        var buckets = metrics.Where(m => m.Key.StartsWith("sinew_request_seconds_bucket", StringComparison.Ordinal)).Select(m => m.Value).ToArray();
        Assert.Equal(buckets.Order(), buckets);
    }

    [Fact]
    public async Task Metrics_tell_failures_and_clients_that_went_away()
    {
        var model = ServedModel.Open(serving.Model, null);
        await using var server = await PoseServer.StartAsync(model, new ServeOptions { Port = 0 }, Cancel);
        var picture = await File.ReadAllBytesAsync(serving.People[0], Cancel);
        using (var socket = await BeginRequest(server, picture, 100))
        {
            await Until(async () => (await Metrics(server))["sinew_requests_inside"] == 1);
            socket.LingerState = new LingerOption(true, 0);
        }

        await Until(async () => (await Metrics(server)).GetValueOrDefault("sinew_requests_total{status=\"499\"}") == 1);
        model.Dispose();
        using var failed = await Post(server, "/v1/poses", picture);
        Check(failed, HttpStatusCode.InternalServerError);
        Assert.Equal(1, (await Metrics(server))["sinew_requests_total{status=\"500\"}"]);
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_too()
    {
        await using var server = await Start();
        using var nowhere = await Post(server, "/v1/pose", [1]);
        Assert.Contains("nothing at /v1/pose", Check(nowhere, HttpStatusCode.NotFound).GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var wrong = await Post(server, "/health", [1]);
        Assert.Contains("takes GET", Check(wrong, HttpStatusCode.MethodNotAllowed).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_networks_of_one_name_are_served_under_two()
    {
        var web = Directory.CreateDirectory(serving.File("page2")).FullName;
        await File.WriteAllTextAsync(Path.Combine(web, "index.html"), "", Cancel);
        var detector = Path.Combine(Directory.CreateDirectory(serving.File("detector")).FullName, Path.GetFileName(serving.Model));
        await File.WriteAllBytesAsync(detector, new OnnxBuilder().Input("input", OnnxElementType.Float32, 1, 3, 320, 320).Gives("dets", [0, 0, 9, 9, 0.9f], 1, 1, 5).Build(), Cancel);
        await File.WriteAllTextAsync(
            Path.ChangeExtension(detector, ".yaml"), $"name: d\nkind: detector\nfile: {Path.GetFileName(detector)}\ninput: {{width: 320, height: 320}}\noutput: {{kind: boxes}}\n", Cancel);
        using var model = ServedModel.Open(serving.Model, detector);
        await using var server = await PoseServer.StartAsync(model, new ServeOptions { Port = 0, Web = web }, Cancel);
        Assert.Equal("""{"pose":"body21-test.onnx","detector":"detector-body21-test.onnx"}""", await Http.GetStringAsync(server.Address + "/models/manifest.json", Cancel));
        Assert.Equal(await File.ReadAllBytesAsync(serving.Model, Cancel), await Http.GetByteArrayAsync(server.Address + "/models/body21-test.onnx", Cancel));
        Assert.Equal(await File.ReadAllBytesAsync(detector, Cancel), await Http.GetByteArrayAsync(server.Address + "/models/detector-body21-test.onnx", Cancel));
    }

    [Fact]
    public async Task The_page_has_its_networks_and_what_threads_need()
    {
        var web = Directory.CreateDirectory(serving.File("page")).FullName;
        await File.WriteAllTextAsync(Path.Combine(web, "index.html"), "<title>page</title>", Cancel);
        await File.WriteAllTextAsync(Path.Combine(web, "code.mjs"), "1", Cancel);
        await File.WriteAllTextAsync(serving.File("secret"), "secret", Cancel);
        await using var server = await Start(o => o with { Web = web });
        using var page = await Http.GetAsync(server.Address + "/", Cancel);
        Assert.Equal("<title>page</title>", await page.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("same-origin", Assert.Single(page.Headers.GetValues("Cross-Origin-Opener-Policy")));
        Assert.Equal("require-corp", Assert.Single(page.Headers.GetValues("Cross-Origin-Embedder-Policy")));
        using var code = await Http.GetAsync(server.Address + "/code.mjs", Cancel);
        Assert.Equal("text/javascript", code.Content.Headers.ContentType!.MediaType);
        Assert.Equal("""{"pose":"body21-test.onnx"}""", await Http.GetStringAsync(server.Address + "/models/manifest.json", Cancel));
        Assert.Equal(await File.ReadAllBytesAsync(serving.Model, Cancel), await Http.GetByteArrayAsync(server.Address + "/models/body21-test.onnx", Cancel));
        foreach (var outside in new[] { "/models/..%2fsecret", "/..%2fsecret", "/models/secret", "/%2e%2e/secret" })
        {
            using var response = await Http.GetAsync(server.Address + outside, Cancel);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_page_of_somebody_else_cannot_reach_a_server_of_this_machine_by_another_name()
    {
        await using var server = await Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + "/health");
        request.Headers.Host = "rebound.example";
        using var response = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        foreach (var own in new[] { "LOCALHOST", "127.0.0.2:80", "[::1]" })
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, server.Address + "/health");
            asked.Headers.Host = own;
            using var answer = await Http.SendAsync(asked, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_command_listens_until_it_is_interrupted()
    {
        using var process = SinewCommand.Start(null, "serve", "--model", serving.Model, "--port", "0", "--web", "none");
        var address = AddressPattern().Match(await process.StandardOutput.ReadLineAsync(Cancel) ?? "").Value;
        Assert.True(address.Length > 0, "no address on the first line");
        using (var answer = await Http.GetAsync(address + "/health", Cancel)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        process.Send(Signals.Interrupt);
        await process.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("no such file", "--model", "nowhere.onnx")]
    [InlineData("sinew export", "--model", "weights.safetensors")]
    [InlineData("0 to 65535", "--model", "MODEL", "--port", "70000")]
    [InlineData("IP address", "--model", "MODEL", "--host", "some.where")]
    [InlineData("cannot be listened on", "--model", "MODEL", "--host", "192.0.2.1", "--web", "none")]
    [InlineData("no page is there", "--model", "MODEL", "--web", "/")]
    public void What_cannot_be_served_is_one_line(string expected, params string[] args)
    {
        var result = SinewCommand.Run(["serve", .. args.Select(a => a == "MODEL" ? serving.Model : a)]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => !l.Contains("without the page", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<PoseServer> Start(Func<ServeOptions, ServeOptions>? change = null)
    {
        var options = new ServeOptions { Port = 0, Concurrency = 2, Queue = 4 };
        return PoseServer.StartAsync(serving.Served, change is null ? options : change(options), Cancel);
    }

    private static async Task<JsonDocument> Post(PoseServer server, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await Http.PostAsync(server.Address + path, content, Cancel);
        var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        if (!response.IsSuccessStatusCode)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal((int)response.StatusCode, document.RootElement.GetProperty("status").GetInt32());
        }

        return document;
    }

    private static JsonElement Check(JsonDocument answer, HttpStatusCode status)
    {
        var got = answer.RootElement.TryGetProperty("status", out var told) ? told.GetInt32() : (int)HttpStatusCode.OK;
        Assert.True((int)status == got, answer.RootElement.ToString());
        return answer.RootElement;
    }

    private float[] Expected(Image image, Box? box)
    {
        using var estimator = PoseEstimator.Load(serving.Model);
        var person = box is { } known ? estimator.Estimate(image, [new Detection(known, 1)])[0] : estimator.Estimate(image);
        return [.. Enumerable.Range(0, person.Scores.Length).SelectMany(j => new[] { person.Keypoints[2 * j], person.Keypoints[(2 * j) + 1], person.Scores[j] })];
    }

    private static float[] Keypoints(JsonElement picture, int person = 0) =>
        [.. picture.GetProperty("people")[person].GetProperty("keypoints").EnumerateArray().Select(v => v.GetSingle())];

    private static async Task<Dictionary<string, double>> Metrics(PoseServer server)
    {
        var text = await Http.GetStringAsync(server.Address + "/metrics", Cancel);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#').ToDictionary(
            l => MetricLine().Match(l) is { Success: true } m ? m.Groups[1].Value : throw new InvalidDataException(l),
            l => double.Parse(l[(l.LastIndexOf(' ') + 1)..]));
    }

    private static async Task<Socket> BeginRequest(PoseServer server, byte[] body, int sent)
    {
        var address = new Uri(server.Address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, Cancel);
        var head = $"POST /v1/poses HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), Cancel);
        await socket.SendAsync(body.AsMemory(0, sent), Cancel);
        return socket;
    }

    private static async Task<string> ReadAnswer(Socket socket)
    {
        var buffer = new byte[256];
        var read = await socket.ReceiveAsync(buffer, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var tries = 0; !await holds(); tries++)
        {
            Assert.True(tries < 200, "this does not come to be");
            await Task.Delay(25, Cancel);
        }
    }

    /// <summary>Whether a value is what a schema says, as far as this document's schemas go.</summary>
    private static void Matches(JsonElement value, JsonElement document, JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Matches(value, document, document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]));
            return;
        }

        var kind = schema.GetProperty("type").GetString();
        Assert.Equal(kind switch { "object" => JsonValueKind.Object, "array" => JsonValueKind.Array, "string" => JsonValueKind.String, _ => JsonValueKind.Number }, value.ValueKind);
        if (kind == "object")
        {
            var properties = schema.GetProperty("properties");
            Assert.All(schema.GetProperty("required").EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), name.GetString()));
            foreach (var property in value.EnumerateObject()) Matches(property.Value, document, properties.GetProperty(property.Name));
        }

        if (kind == "array") foreach (var item in value.EnumerateArray()) Matches(item, document, schema.GetProperty("items"));
    }

    [GeneratedRegex("""^([a-z_]+(?:\{[a-z]+="[^"]*"\})?) [-+0-9.eE]+$""")]
    private static partial Regex MetricLine();

    [GeneratedRegex("http://[0-9.]+:[0-9]+")]
    private static partial Regex AddressPattern();
}
