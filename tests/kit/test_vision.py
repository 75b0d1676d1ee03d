"""torchvision comes in through one door, whatever build it is."""

import subprocess
import sys

import torch

from torchstone.kit import data, vision


def test_transforms_models_and_the_ops_in_python_work():
    vision.torchvision()
    from torchvision import datasets, models, ops
    from torchvision.transforms import v2

    boxes = torch.tensor([[0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0]])
    torch.testing.assert_close(ops.box_iou(boxes, boxes)[0, 1], torch.tensor(1 / 3))
    assert models.resnet18(weights=None).eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 1000)
    assert v2.functional.horizontal_flip(torch.arange(3.0).view(1, 1, 3)).flatten().tolist() == [2, 1, 0]
    assert datasets.FashionMNIST.classes[-1] == "Ankle boot"


def test_it_is_one_module_however_often_it_is_asked_for():
    assert vision.torchvision() is vision.torchvision() is sys.modules["torchvision"]


def test_the_blur_of_the_shifts_is_torchvisions():
    vision.torchvision()
    from torchvision.transforms.v2 import functional

    images = data.digits("test")[0][:20].view(-1, 1, 8, 8)
    (blur,) = [s for s in data.SHIFTS if s.name == "blur"]
    padded = torch.nn.functional.pad(images, (2, 2, 2, 2), mode="replicate")
    want = functional.gaussian_blur(padded, [5, 5], [0.9, 0.9])[:, :, 2:-2, 2:-2]
    torch.testing.assert_close(blur(images, torch.Generator()), want)


def test_the_names_of_the_clothes_are_torchvisions():
    vision.torchvision()
    from torchvision import datasets

    theirs = [name.lower().split("/")[0].replace("trouser", "trousers") for name in datasets.FashionMNIST.classes]
    assert [name.lower() for name in data.FASHION] == theirs


def test_nothing_of_the_kit_imports_it_unasked():
    code = (
        "import sys; from torchstone.kit import data, download, shifts, vision\n"
        "print([m for m in ('torchvision', 'pooch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_where_it_is_missing_the_message_says_what_to_do():
    code = (
        "import sys; sys.modules['torchvision'] = None\n"
        "from torchstone.kit import vision\n"
        "try:\n    vision.torchvision()\nexcept ModuleNotFoundError as e:\n    print(e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert "pip install -c constraints.txt torchvision" in done.stdout
