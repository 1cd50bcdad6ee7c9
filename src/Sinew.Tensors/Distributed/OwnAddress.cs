using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Sinew.Tensors.Distributed;

/// <summary>The address by which the processes of other machines reach this one.</summary>
internal static class OwnAddress
{
    /// <summary>
    /// The address of the interface that leads to where the processes meet. Gloo itself would take what the machine's name stands for, which on
    /// many a machine is a loopback address that nobody else reaches.
    /// </summary>
    /// <param name="place">Which process this is, and where they meet.</param>
    /// <returns>An address in figures; empty where none is to be found, and Gloo has to see.</returns>
    public static string Of(ProcessPlace place)
    {
        // all on one machine: it need not have a network
        if (place.LocalSize == place.Size) return IPAddress.Loopback.ToString();
        try
        {
            using var socket = new UdpClient(place.Host, Math.Max(place.Port, 1));
            // to connect a datagram socket sends nothing, and says which way it would
            if (socket.Client.LocalEndPoint is IPEndPoint { Address: var towards } && !IPAddress.IsLoopback(towards)) return towards.ToString();
        }
        catch (SocketException)
        {
            // no such name here: the interfaces are left
        }

        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a))?.ToString() ?? "";
    }
}
