using System.Text.Json.Nodes;

namespace Sinew.Cli.Tests;

/// <summary>Small label files in COCO's form: two images of 100 x 120 pixels, COCO's joints.</summary>
internal static class Labels
{
    public static readonly string[] Joints =
    [
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
        "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    ];

    public static JsonObject Person(long id, long image, int visible = 17) => new()
    {
        ["id"] = id,
        ["image_id"] = image,
        ["category_id"] = 1,
        ["bbox"] = new JsonArray(10, 20, 40, 80),
        ["area"] = 1600,
        ["iscrowd"] = 0,
        ["num_keypoints"] = visible,
        ["keypoints"] = new JsonArray([.. Enumerable.Range(0, 17).SelectMany(j =>
            j < visible ? new JsonNode[] { 10 + j, 22, 2 } : [0, 0, 0])]),
    };

    public static void Write(string path, JsonObject[] people) => File.WriteAllText(path, new JsonObject
    {
        ["images"] = new JsonArray(
            new JsonObject { ["id"] = 1, ["file_name"] = "1.jpg", ["width"] = 100, ["height"] = 120 },
            new JsonObject { ["id"] = 2, ["file_name"] = "2.jpg", ["width"] = 100, ["height"] = 120 }),
        ["annotations"] = new JsonArray([.. people.Select(p => (JsonNode)p)]),
        ["categories"] = new JsonArray(new JsonObject
        {
            ["id"] = 1,
            ["name"] = "person",
            ["keypoints"] = new JsonArray([.. Joints.Select(j => (JsonNode)j)]),
        }),
    }.ToJsonString());
}
