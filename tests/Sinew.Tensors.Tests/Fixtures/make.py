"""Made the .pth files beside this one, with PyTorch 1.13. Only for who wants to make them again: no test runs it."""
from collections import OrderedDict

import numpy as np
import torch

t = torch.arange(12, dtype=torch.float32).reshape(3, 4)
state = OrderedDict([
    ('a.weight', t),
    ('a.view', t.t()[1:3]),
    ('b.count', torch.tensor(7)),
    ('c.half', torch.tensor([0.5, -2.0], dtype=torch.float16)),
    ('d.bf16', torch.tensor([0.5, -2.0], dtype=torch.bfloat16)),
    ('e.flags', torch.tensor([True, False])),
    ('f.empty', torch.zeros(0, 3)),
    ('g.param', torch.nn.Parameter(torch.tensor([1.5]))),
])
meta = {
    'epoch': 3, 'big': 2**40, 'neg': -5, 'pi': 3.14159, 'name': 'tïny', 'none': None, 'flag': True,
    'list': [1, 'two', (3.0,)], 'bytes': b'\x00\xffab', 'size': torch.Size([2, 3]), 'dtype': torch.float32,
    'device': torch.device('cpu'), 'sigmas': np.array([0.026, 0.025], dtype=np.float32), 'scalar': np.float64(0.25),
    'fortran': np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
}
tree = {'state_dict': state, 'meta': meta}
torch.save(tree, 'zip.pth')
torch.save(tree, 'legacy.pth', _use_new_zipfile_serialization=False)
torch.save(torch.nn.Linear(2, 2), 'module.pth')
torch.save({'x': t.expand(5, 3, 4)}, 'expanded.pth')
