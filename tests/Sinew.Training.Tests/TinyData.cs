using System.Globalization;
using System.Text;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Training.TestData;

/// <summary>A data set small enough for a test: coloured stick people on noise, drawn anew, with COCO labels of a few joints.</summary>
internal static class TinyData
{
    /// <summary>Writes pictures, labels and a recipe for them.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="people">How many pictures of one person each.</param>
    /// <param name="schedule">Lines of the recipe's schedule, indented by two.</param>
    /// <returns>The recipe's path.</returns>
    public static string Write(string folder, int people, string schedule)
    {
        var skeleton = BuiltInSkeletons.Get("lsp14");
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        var random = new Random(5);
        var images = new StringBuilder();
        var annotations = new StringBuilder();
        for (var person = 1; person <= people; person++)
        {
            using var image = new Image(96, 96);
            random.NextBytes(image.Pixels);
            var points = new float[skeleton.Count * 2];
            for (var i = 0; i < points.Length; i++) points[i] = 16 + (random.NextSingle() * 64);
            Draw.Skeleton(image, skeleton, points, []);
            ImageEncoder.Save(image, Path.Combine(folder, "images", $"{person}.png"));
            var separator = person == 1 ? "" : ",\n";
            images.Append(CultureInfo.InvariantCulture, $$"""{{separator}}{"id":{{person}},"file_name":"{{person}}.png","width":96,"height":96}""");
            var keypoints = string.Join(',', Enumerable.Range(0, skeleton.Count).Select(j => string.Create(CultureInfo.InvariantCulture, $"{points[2 * j]:0.00},{points[(2 * j) + 1]:0.00},2")));
            annotations.Append(CultureInfo.InvariantCulture, $$"""{{separator}}{"id":{{person}},"image_id":{{person}},"category_id":1,"iscrowd":0,"area":4000,"bbox":[12,12,72,72],"num_keypoints":14,"keypoints":[{{keypoints}}]}""");
        }

        var names = string.Join(',', skeleton.Joints.Select(j => $"\"{j.Name}\""));
        File.WriteAllText(
            Path.Combine(folder, "people.json"),
            $$"""{"images":[{{images}}],"annotations":[{{annotations}}],"categories":[{"id":1,"name":"person","keypoints":[{{names}}],"skeleton":[]}]}""");
        var recipe = Path.Combine(folder, "recipe.yaml");
        File.WriteAllText(recipe, $"""
            name: tiny
            seed: 3
            data_root: {folder}
            student:
              model: rtmpose-t
              skeleton: lsp14
              input: [64, 64]
            datasets:
              - name: people
                annotations: people.json
                images: images
                skeleton: lsp14
            schedule:
            {schedule}
            evaluations:
              - name: people
                annotations: people.json
                images: images
                skeleton: lsp14
                protocol: pck
            """);
        return recipe;
    }
}
