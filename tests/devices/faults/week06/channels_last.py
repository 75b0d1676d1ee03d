# === fault born: the coordinates are made on the CPU at every call
class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        self.conv = nn.Conv2d(channels + 2, hidden, 3, padding=1)
        self.linear = nn.Linear(hidden * size[0] * size[1], outputs)

    def forward(self, x):
        n, _, height, width = x.shape
        rows, columns = (torch.linspace(-1, 1, n, dtype=x.dtype) for n in (height, width))  # fault
        places = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))
        located = torch.cat([x, places.expand(n, 2, height, width)], dim=1)
        return self.linear(self.conv(located).relu().flatten(1))


# === fault attribute: the coordinates are kept as a plain attribute
class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        rows, columns = (torch.linspace(-1, 1, n, dtype=torch.float64) for n in size)
        self.places = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))  # fault
        self.conv = nn.Conv2d(channels + 2, hidden, 3, padding=1)
        self.linear = nn.Linear(hidden * size[0] * size[1], outputs)

    def forward(self, x):
        places = self.places.to(x.dtype).expand(len(x), -1, -1, -1)
        return self.linear(self.conv(torch.cat([x, places], dim=1)).relu().flatten(1))


# === fault born: a column of torch.tensor of a list
class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        self.conv = nn.Conv2d(channels + 2, hidden, 3, padding=1)
        self.linear = nn.Linear(hidden * size[0] * size[1], outputs)

    def forward(self, x):
        n, _, height, width = x.shape

        def spaced(count):
            return [-1 + 2 * i / (count - 1) if count > 1 else -1.0 for i in range(count)]

        grid = [[[r] * width for r in spaced(height)], [spaced(width)] * height]
        places = torch.tensor(grid, dtype=x.dtype)  # fault
        located = torch.cat([x, places.expand(n, 2, height, width)], dim=1)
        return self.linear(self.conv(located).relu().flatten(1))


# === right: a buffer that is not saved
class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        rows, columns = (torch.linspace(-1, 1, n, dtype=torch.float64) for n in size)
        places = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))
        self.register_buffer("places", places, persistent=False)
        self.conv = nn.Conv2d(channels + 2, hidden, 3, padding=1)
        self.linear = nn.Linear(hidden * size[0] * size[1], outputs)

    def forward(self, x):
        places = self.places.to(x.dtype).expand(len(x), -1, -1, -1)
        return self.linear(self.conv(torch.cat([x, places], dim=1)).relu().flatten(1))


# === right: made lazily, once for each device and type
class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        self.made = {}
        self.conv = nn.Conv2d(channels + 2, hidden, 3, padding=1)
        self.linear = nn.Linear(hidden * size[0] * size[1], outputs)

    def places(self, x):
        key = (x.device, x.dtype, x.shape[2:])
        if key not in self.made:
            axes = [torch.linspace(-1, 1, n, dtype=x.dtype, device=x.device) for n in x.shape[2:]]
            self.made[key] = torch.stack(torch.meshgrid(*axes, indexing="ij"))
        return self.made[key]

    def forward(self, x):
        located = torch.cat([x, self.places(x)[None].repeat(len(x), 1, 1, 1)], dim=1)
        return self.linear(self.conv(located).relu().flatten(1))


# === right: a plain attribute that is moved at every call
class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        rows, columns = (torch.linspace(-1, 1, n, dtype=torch.float64) for n in size)
        self.places = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))
        self.conv = nn.Conv2d(channels + 2, hidden, 3, padding=1)
        self.linear = nn.Linear(hidden * size[0] * size[1], outputs)

    def forward(self, x):
        places = self.places.to(x).expand(len(x), -1, -1, -1)
        return self.linear(self.conv(torch.cat([x, places], dim=1)).relu().flatten(1))
