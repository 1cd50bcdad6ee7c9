#!/usr/bin/env python3
"""A training step of RTMPose-t (17 joints, 192 x 256) in Python's torch, beside `Sinew.Bench training-step`.

usage: training_step.py [THREADS]     needs python3-torch; preload OpenBLAS's OpenMP build as Sinew does, for a fair comparison:
       LD_PRELOAD=/usr/lib/x86_64-linux-gnu/openblas-openmp/libblas.so.3 python3 bench/peers/training_step.py 2
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def conv(i, o, k, stride=1, groups=1):
    return nn.Sequential(nn.Conv2d(i, o, k, stride, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o), nn.SiLU(inplace=True))


class Block(nn.Module):
    def __init__(self, c, identity):
        super().__init__()
        self.body = nn.Sequential(conv(c, c, 3), conv(c, c, 5, groups=c), conv(c, c, 1))
        self.identity = identity

    def forward(self, x):
        return self.body(x) + x if self.identity else self.body(x)


class Csp(nn.Module):
    def __init__(self, c, identity):
        super().__init__()
        m = c // 2
        self.main, self.short, self.final = conv(c, m, 1), conv(c, m, 1), conv(2 * m, c, 1)
        self.block, self.fc = Block(m, identity), nn.Conv2d(2 * m, 2 * m, 1)

    def forward(self, x):
        y = torch.cat([self.block(self.main(x)), self.short(x)], 1)
        return self.final(y * F.hardsigmoid(self.fc(F.adaptive_avg_pool2d(y, 1))))


class Spp(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = conv(c, c // 2, 1), conv(2 * c, c, 1)

    def forward(self, x):
        x = self.a(x)
        return self.b(torch.cat([x] + [F.max_pool2d(x, k, 1, k // 2) for k in (5, 9, 13)], 1))


class ScaleNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.scale, self.g = d ** -0.5, nn.Parameter(torch.ones(1))

    def forward(self, x):
        return x / (torch.norm(x, dim=-1, keepdim=True) * self.scale).clamp(min=1e-5) * self.g


class RtmPoseTiny(nn.Module):
    def __init__(self, joints=17, d=256, s=128):
        super().__init__()
        layers = [conv(3, 12, 3, 2), conv(12, 12, 3), conv(12, 24, 3)]
        for i, o, identity, pool in ((24, 48, True, False), (48, 96, True, False), (96, 192, True, False), (192, 384, False, True)):
            layers += [conv(i, o, 3, 2)] + ([Spp(o)] if pool else []) + [Csp(o, identity)]
        self.backbone = nn.Sequential(*layers)
        self.final = nn.Conv2d(384, joints, 7, padding=3)
        self.mlp = nn.Sequential(ScaleNorm(48), nn.Linear(48, d, bias=False))
        self.norm, self.uv, self.o = ScaleNorm(d), nn.Linear(d, 4 * d + s, bias=False), nn.Linear(2 * d, d, bias=False)
        self.gamma, self.beta = nn.Parameter(torch.rand(2, s)), nn.Parameter(torch.rand(2, s))
        self.res, self.x, self.y = nn.Parameter(torch.ones(d)), nn.Linear(d, 384, bias=False), nn.Linear(d, 512, bias=False)
        self.s, self.e = s, 2 * d

    def forward(self, crops):
        t = self.mlp(self.final(self.backbone(crops)).flatten(2))
        u, v, base = torch.split(F.silu(self.uv(self.norm(t))), [self.e, self.e, self.s], 2)
        q, k = torch.unbind(base.unsqueeze(2) * self.gamma + self.beta, 2)
        t = t * self.res + self.o(u * torch.bmm(F.relu(torch.bmm(q, k.transpose(1, 2)) / self.s ** 0.5) ** 2, v))
        return self.x(t), self.y(t)


def main():
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    print("torch", torch.__version__, torch.get_num_threads(), "threads")
    for layout in (torch.contiguous_format, torch.channels_last):
        for people in (16, 32):
            torch.manual_seed(1)
            network = RtmPoseTiny().to(memory_format=layout)
            optimiser = torch.optim.AdamW(network.parameters(), 1e-4, weight_decay=0)
            crops = torch.randn(people, 3, 256, 192).to(memory_format=layout)
            targets = [torch.randn(people, 17, bins).softmax(-1) for bins in (384, 512)]
            best = float("inf")
            for _ in range(6):
                start = time.perf_counter()
                loss = sum(F.kl_div((10 * p).log_softmax(-1), t, reduction="sum") for p, t in zip(network(crops), targets))
                loss.backward()
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
                best = min(best, time.perf_counter() - start)
            name = "channels last" if layout is torch.channels_last else "default      "
            print(f"{name} batch {people}: {people / best:6.1f} people/s ({best * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
