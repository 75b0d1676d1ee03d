"""Mistakes that are made in week 6. Each must lose points, and be recognised; its hint asks, and does not answer."""

from functools import partial

from torchstone.judge import edit, misconception

conv2d = partial(misconception, "conv2d", link="#conv2d")
im2col = partial(misconception, "im2col", link="#im2col")
max_pool2d = partial(misconception, "max_pool2d", link="#max_pool2d")
avg_pool2d = partial(misconception, "avg_pool2d", link="#avg_pool2d")
receptive_field = partial(misconception, "receptive_field", link="#receptive_field")
lenet = partial(misconception, "lenet", link="#lenet")
learn_kernel = partial(misconception, "learn_kernel", link="#learn_kernel")
equivariance_error = partial(misconception, "equivariance_error", link="#equivariance_error")
channels_last = partial(misconception, "channels_last", link="#channels_last")


# ---- conv2d ---------------------------------------------------------------------------------------------------------

flipped_kernel = conv2d(
    edit("kernel = w.unflatten(0, (groups, -1))", "kernel = w.flip(-1, -2).unflatten(0, (groups, -1))"),
    "Which entry of the kernel meets the upper left pixel of a window: the first, or the last?",
)
stride_pairs_swapped = conv2d(
    edit("(sh, sw), (ph, pw), (dh, dw) = pair(stride)", "(sw, sh), (ph, pw), (dh, dw) = pair(stride)"),
    "A pair of strides is (rows, columns): along which axis does the first one move the window?",
)
padding_pairs_swapped = conv2d(
    edit(
        "torch.nn.functional.pad(x, (pw, pw, ph, ph))",
        "torch.nn.functional.pad(x, (ph, ph, pw, pw))",
        "d_x[:, :, ph : d_x.shape[2] - ph, pw : d_x.shape[3] - pw]",
        "d_x[:, :, pw : d_x.shape[2] - pw, ph : d_x.shape[3] - ph]",
    ),
    "`pad` takes its widths from the last axis backwards: which axis do the first two belong to?",
)
padding_on_one_side = conv2d(
    edit(
        "torch.nn.functional.pad(x, (pw, pw, ph, ph))",
        "torch.nn.functional.pad(x, (2 * pw, 0, 2 * ph, 0))",
        "d_x[:, :, ph : d_x.shape[2] - ph, pw : d_x.shape[3] - pw]",
        "d_x[:, :, 2 * ph :, 2 * pw :]",
    ),
    "How much of the padding lies before the image, and how much behind it?",
)
padding_not_cut_off = conv2d(
    edit("d_x[:, :, ph : d_x.shape[2] - ph, pw : d_x.shape[3] - pw]", "d_x"),
    "Which shape does x have, and which one the gradient that you return?",
)
padding_cut_off_at_the_end = conv2d(
    edit(
        "d_x[:, :, ph : d_x.shape[2] - ph, pw : d_x.shape[3] - pw]",
        "d_x[:, :, : d_x.shape[2] - 2 * ph, : d_x.shape[3] - 2 * pw]",
    ),
    "Where in the padded image does the first pixel of x lie?",
)
dilation_ignored = conv2d(
    edit("pair(dilation)", "pair(1)"),
    "With dilation 2, how far apart do two neighbours in the kernel read?",
)
dilation_for_the_stride = conv2d(
    edit("slice(i * dh, i * dh + sh * (out_h - 1) + 1, sh)", "slice(i * sh, i * sh + dh * (out_h - 1) + 1, dh)"),
    "Which of the two spreads the kernel, and which moves it: stride or dilation?",
)
groups_ignored = conv2d(
    edit(
        "(pw, pw, ph, ph)).unflatten(1, (groups, -1))",
        "(pw, pw, ph, ph)).unflatten(1, (groups, -1)).mean(1, keepdim=True).repeat(1, groups, 1, 1, 1)",
    ),
    "Which input channels does an output of the second group see?",
)
outputs_dealt_out_among_groups = conv2d(
    edit("y = y + products.flatten(1, 2)", "y = y + products.transpose(1, 2).flatten(1, 2)"),
    "Do the outputs of one group stand side by side, or is every second one of another group?",
)
inputs_dealt_out_among_groups = conv2d(
    edit(
        "(pw, pw, ph, ph)).unflatten(1, (groups, -1))",
        "(pw, pw, ph, ph)).unflatten(1, (-1, groups)).transpose(1, 2)",
        "d_x = d_padded.flatten(1, 2)",
        "d_x = d_padded.transpose(1, 2).flatten(1, 2)",
    ),
    "Are the input channels of a group neighbours, or is every second one of another group?",
)
bias_gradient_over_the_channels = conv2d(
    edit("upstream.sum((0, 2, 3))", "upstream.sum((0, 1, 3))"),
    "A bias has one entry for each output channel: which axes of [n, o, h, w] are to go?",
)
bias_gradient_is_a_mean = conv2d(
    edit("upstream.sum((0, 2, 3))", "upstream.mean((0, 2, 3))"),
    "The bias was added to every pixel of every example: how do their gradients combine?",
)
bias_forgotten = conv2d(
    edit("y = b.reshape(1, -1, 1, 1)", "y = 0 * b.reshape(1, -1, 1, 1)"),
    "Which numbers should come out where all of the input is 0?",
)
input_gradient_overwritten = conv2d(
    edit("d_padded[under(i, j)] += ", "d_padded[under(i, j)] = "),
    "If a pixel lies under several windows, what becomes of what the earlier ones gave it?",
)
kernel_flipped_on_the_way_back = conv2d(
    edit(
        'torch.einsum("ngkhw,gkc->ngchw", grouped, kernel[..., i, j])',
        'torch.einsum("ngkhw,gkc->ngchw", grouped, kernel.flip(-1, -2)[..., i, j])',
    ),
    "A pixel was multiplied by one entry of the kernel: by which one is its gradient multiplied?",
)
weight_gradient_averaged_over_the_batch = conv2d(
    edit('"w": d_kernel.flatten(0, 1)', '"w": d_kernel.flatten(0, 1) / len(upstream)'),
    "Is there a mean over the batch in a convolution?",
)
stale_input = conv2d(
    edit(
        "    return y, (padded, kernel, under, (ph, pw))",
        "    global SEEN\n    SEEN = padded\n    return y, (padded, kernel, under, (ph, pw))",
        "grouped, padded[under(i, j)]",
        "grouped, SEEN[under(i, j)]",
    ),
    "Where does the backward pass take the image from, if another forward pass came in between?",
)


# ---- im2col ---------------------------------------------------------------------------------------------------------

channels_last_in_a_column = im2col(
    edit(
        "torch.stack(seen, dim=2).flatten(3).flatten(1, 2)",
        "torch.stack(seen, dim=1).flatten(3).flatten(1, 2)",
        "entries = columns.unflatten(1, (-1, len(origin))).flatten(2)",
        "entries = columns.unflatten(1, (len(origin), -1)).transpose(1, 2).flatten(2)",
    ),
    "Going down a column, what changes first: the channel, or the place in the window?",
)
window_read_by_columns = im2col(
    edit("for i in range(kh)\n        for j in range(kw)", "for j in range(kw)\n        for i in range(kh)"),
    "Going down a column inside one channel, does the window's row or its column change first?",
)
positions_read_by_columns = im2col(
    edit(".flatten(3).flatten(1, 2)", ".transpose(3, 4).flatten(3).flatten(1, 2)"),
    "Is the second column of the matrix the window to the right of the first, or the one below it?",
)
overlaps_overwritten = im2col(
    edit(
        "return pixels.index_add(2, origin.flatten(), entries)",
        "return pixels.index_copy(2, origin.flatten(), entries)",
    ),
    "A pixel was copied into several columns: what has the transpose to do with all these entries?",
)
overlaps_averaged = im2col(
    edit(
        "return pixels.index_add(2, origin.flatten(), entries)",
        "often = pixels.index_add(2, origin.flatten(), torch.ones_like(entries)).clamp(min=1)\n"
        "    return (pixels.index_add(2, origin.flatten(), entries) / often)",
    ),
    "Is `col2im` the inverse of `im2col`, or its transpose?",
)
cut_off_at_the_wrong_place = im2col(
    edit(
        "origin = im2col(numbers, kernel_size, stride, padding, dilation)[0]",
        "ph, pw = pair(padding)\n"
        "    numbers = torch.nn.functional.pad(numbers, (0, pw, 0, ph))[:, :, ph:, pw:]\n"
        "    origin = im2col(numbers, kernel_size, stride, padding, dilation)[0]",
    ),
    "Where in the padded image does the first pixel of the image lie?",
)
padding_kept = im2col(
    edit(
        "    return pixels.index_add(2, origin.flatten(), entries)[:, :, 1:].unflatten(2, (height, width))",
        "    image = pixels.index_add(2, origin.flatten(), entries)[:, :, 1:].unflatten(2, (height, width))\n"
        "    (ph, pw) = pair(padding)\n"
        "    return torch.nn.functional.pad(image, (pw, pw, ph, ph))",
    ),
    "Which size was asked for, and which size does your image have where there is padding?",
)
windows_pairs_swapped = im2col(
    edit("(kh, kw), (sh, sw), (ph, pw)", "(kh, kw), (sw, sh), (ph, pw)"),
    "A pair of strides is (rows, columns): along which axis does the first one move the window?",
)
dilation_left_out = im2col(
    edit("pair(padding), pair(dilation)", "pair(padding), pair(1)"),
    "With dilation 2, how far apart are the pixels that one window reads?",
)
last_windows_lost = im2col(
    edit(
        "last_row, last_column = padded.shape[2] - dh * (kh - 1), padded.shape[3] - dw * (kw - 1)",
        "last_row, last_column = padded.shape[2] - dh * kh, padded.shape[3] - dw * kw",
    ),
    "In how many places does a window of 2 fit into a row of 5?",
)
columns_without_gradient = im2col(
    edit("torch.stack(seen, dim=2)", "torch.stack(seen, dim=2).detach()"),
    "If a network is to be trained through these columns, what must still be attached to them?",
)


# ---- max_pool2d -----------------------------------------------------------------------------------------------------

padded_with_zeros = max_pool2d(
    edit("value=-math.inf", "value=0.0"),
    "If every pixel of a window is negative, may the padding win?",
)
gradient_to_all_that_tie = max_pool2d(
    edit(
        "return y, (padded.shape, places, winner, (ph, pw))",
        "return y, (padded.shape, places, [e == y for e in entries], (ph, pw))",
        "upstream * (winner == number)",
        "upstream * winner[number]",
    ),
    "If two pixels of a window are equal, which of them receives the gradient by our convention?",
)
gradient_shared_among_all_that_tie = max_pool2d(
    edit(
        "return y, (padded.shape, places, winner, (ph, pw))",
        "return y, (padded.shape, places, (entries == y) / (entries == y).sum(0), (ph, pw))",
        "upstream * (winner == number)",
        "upstream * winner[number].to(upstream.dtype)",
    ),
    "`torch.max` over a whole tensor shares a gradient among equals: what do pooling layers do?",
)
last_of_those_that_tie = max_pool2d(
    edit("winner = entries.argmax(0)", "winner = len(entries) - 1 - entries.flip(0).argmax(0)"),
    "If two pixels of a window are equal, does the gradient go to the first or to the last?",
)
stride_is_always_the_kernel = max_pool2d(
    edit("sh, sw = pair(kernel_size if stride is None else stride)", "sh, sw = pair(kernel_size)"),
    "When a stride is given, how far do your windows move?",
)
stride_of_one_by_default = max_pool2d(
    edit("pair(kernel_size if stride is None else stride)", "pair(1 if stride is None else stride)"),
    "Without a stride, do the windows of a pooling layer overlap?",
)
overlapping_gradients_overwritten = max_pool2d(
    edit("d_padded[at] += upstream * (winner == number)", "d_padded[at] = upstream * (winner == number)"),
    "If a pixel wins in two windows, how much does it receive?",
)
pool_pairs_swapped = max_pool2d(
    edit(
        "(kh, kw), (ph, pw) = pair(kernel_size), pair(padding)", "(kw, kh), (ph, pw) = pair(kernel_size), pair(padding)"
    ),
    "A pair is (rows, columns): how high is a window of (2, 3), and how wide?",
)
gradient_not_cut_to_size = max_pool2d(
    edit("return d_padded[:, :, ph : size[2] - ph, pw : size[3] - pw]", "return d_padded"),
    "Which shape does x have, and which one the gradient that you return?",
)
gradient_ignores_upstream = max_pool2d(
    edit("upstream * (winner == number)", "(winner == number).to(upstream.dtype)"),
    "The backward pass receives what flows back from above: where does that enter the result?",
)
stale_winners = max_pool2d(
    edit(
        "    return y, (padded.shape, places, winner, (ph, pw))",
        "    global WINNER\n    WINNER = winner\n    return y, (padded.shape, places, winner, (ph, pw))",
        "(winner == number)",
        "(WINNER == number)",
    ),
    "Where does the backward pass take its winners from, if another forward pass came in between?",
)


# ---- avg_pool2d -----------------------------------------------------------------------------------------------------

divisor_is_always_the_window = avg_pool2d(
    edit(
        "counted = (start + k).clamp(max=size + p) - start if count_include_pad else inside.sum(1)",
        "counted = torch.full_like(start, k)",
    ),
    "Which pixels of a window at the edge count, if the padding does not?",
)
padding_never_counts = avg_pool2d(
    edit(
        "counted = (start + k).clamp(max=size + p) - start if count_include_pad else inside.sum(1)",
        "counted = inside.sum(1)",
    ),
    "By default, by how many pixels is a window of 3×3 in the corner divided?",
)
what_hangs_over_counts = avg_pool2d(
    edit("(start + k).clamp(max=size + p) - start if", "torch.full_like(start, k) if"),
    "With ceil_mode, part of the last window is not even in the padding: does it count?",
)
padding_counts_when_it_should_not = avg_pool2d(
    edit("if count_include_pad else inside.sum(1)", "if not count_include_pad else inside.sum(1)"),
    "Read the name of the option again: what does True include in the count?",
)
edge_lost = avg_pool2d(
    edit("(math.ceil(room / s) if ceil_mode else math.floor(room / s)) + 1", "math.floor(room / s) + 1"),
    "Five rows, windows of two: with ceil_mode, what happens to the fifth row?",
)
always_rounded_up = avg_pool2d(
    edit("(math.ceil(room / s) if ceil_mode else math.floor(room / s)) + 1", "math.ceil(room / s) + 1"),
    "Five rows, windows of two: without ceil_mode, is there a third window?",
)
window_in_the_padding_kept = avg_pool2d(
    edit("if ceil_mode and (number - 1) * s - p >= size:", "if False:"),
    "With ceil_mode, may a window begin below the last row of the image?",
)
average_stride_is_the_kernel = avg_pool2d(
    edit("sh, sw = pair(kernel_size if stride is None else stride)", "sh, sw = pair(kernel_size)"),
    "When a stride is given, how far do your windows move?",
)
square_windows = avg_pool2d(
    edit("along(x.shape[3], kw, sw, pw)", "along(x.shape[3], kh, sw, pw)"),
    "How wide is a window of (2, 3)?",
)
sum_for_the_mean = avg_pool2d(
    edit(" / (height[:, None] * width)", ""),
    "What should come out for an image of ones, away from the padding?",
)


# ---- receptive_field ------------------------------------------------------------------------------------------------

rounded_up = receptive_field(
    edit(
        "(length + 2 * padding - extent) // stride + 1",
        "-((length + 2 * padding - extent) // -stride) + 1",
    ),
    "A window moves by 2 over what is left of 5 rows: is half a step a step?",
)
sizes_not_whole = receptive_field(
    edit("(length + 2 * padding - extent) // stride + 1", "(length + 2 * padding - extent) / stride + 1"),
    "Can half a row come out of a layer?",
)
window_not_counted = receptive_field(
    edit("// stride + 1 for", "// stride for"),
    "A kernel that fits exactly: in how many places does it fit?",
)
padding_on_one_side_only = receptive_field(
    edit("(length + 2 * padding - extent) // stride", "(length + padding - extent) // stride"),
    "On how many sides does the padding lie?",
)
extent_is_dilation_times_kernel = receptive_field(
    edit(
        "extent = dilation * (kernel - 1) + 1",
        "extent = dilation * kernel",
        "size += dilation * (kernel - 1) * jump",
        "size += (dilation * kernel - 1) * jump",
    ),
    "Three entries with one pixel between each: from the first to the last, how many pixels is that?",
)
dilation_without_effect = receptive_field(
    edit(
        "extent = dilation * (kernel - 1) + 1",
        "extent = kernel",
        "size += dilation * (kernel - 1) * jump",
        "size += (kernel - 1) * jump",
    ),
    "Three entries with one pixel between each: from the first to the last, how many pixels is that?",
    name="dilation without effect",
)
anything_fits = receptive_field(
    edit("if extent > min(height, width) + 2 * padding:", "if False:"),
    "What should become of a kernel of 5 rows over an image of 4?",
)
one_axis_is_enough = receptive_field(
    edit("if extent > min(height, width) + 2 * padding:", "if extent > height + 2 * padding:"),
    "The rows are enough for the kernel: are the columns?",
)
exact_fit_refused = receptive_field(
    edit("if extent > min(height, width) + 2 * padding:", "if extent >= min(height, width) + 2 * padding:"),
    "A kernel of 5 over 5 rows: how many outputs are there?",
)
jump_ignored = receptive_field(
    edit("size += dilation * (kernel - 1) * jump", "size += dilation * (kernel - 1)"),
    "After a layer of stride 2, how far apart in the input do two neighbours look?",
)
jump_of_its_own_layer = receptive_field(
    edit(
        "        size += dilation * (kernel - 1) * jump\n        start -= padding * jump\n        jump *= stride",
        "        jump *= stride\n        size += dilation * (kernel - 1) * jump\n        start -= padding * jump",
    ),
    "When a kernel is laid on the outputs of the layer before, whose strides have put these apart?",
)
jumps_added = receptive_field(
    edit("jump *= stride", "jump += stride - 1"),
    "Two layers of stride 3: if the output moves by one, by how much does the window in the input move?",
)
padding_not_scaled_by_the_jump = receptive_field(
    edit("start -= padding * jump", "start -= padding"),
    "One pixel of padding in the second layer: how many pixels of the input is that?",
)
padding_makes_the_field_larger = receptive_field(
    edit("size += dilation * (kernel - 1) * jump", "size += (dilation * (kernel - 1) + 2 * padding) * jump"),
    "Does a pixel of padding depend on the image?",
)
start_counts_the_other_way = receptive_field(
    edit("start -= padding * jump", "start += padding * jump"),
    "With padding, does the first window begin inside of the image or before it?",
)
layers_from_the_output = receptive_field(
    edit(
        "size, jump, start = 1, 1, 0\n    for kernel, stride, padding, dilation in layers:",
        "size, jump, start = 1, 1, 0\n    for kernel, stride, padding, dilation in layers[::-1]:",
    ),
    "Which layer of the list sees the input, and which one do you start from?",
)


# ---- lenet ----------------------------------------------------------------------------------------------------------

softmax_inside = lenet(
    edit(
        "return self.classifier(self.features(x).flatten(1))",
        "return self.classifier(self.features(x).flatten(1)).softmax(1)",
    ),
    "Your network ends with probabilities: what does the cross-entropy do with what it is given?",
)
sigmoid_at_the_end = lenet(
    edit("            nn.Linear(84, 10),\n", "            nn.Linear(84, 10),\n            nn.Sigmoid(),\n"),
    "Which values can your logits take, and which should they be able to take?",
)
flattened_batch = lenet(
    edit("self.features(x).flatten(1)", "self.features(x).flatten().reshape(-1, 400)[:1]"),
    "Flattening a batch of images: which axis has to stay?",
)
batch_of_one_squeezed = lenet(
    edit(
        "return self.classifier(self.features(x).flatten(1))",
        "return self.classifier(self.features(x).flatten(1)).squeeze(0)",
    ),
    "What shape do the logits of a batch of one have?",
)
max_for_average_pooling = lenet(
    edit(
        "nn.AvgPool2d(kernel_size=2, stride=2),\n            nn.Conv2d(6, 16",
        "nn.MaxPool2d(kernel_size=2, stride=2),\n            nn.Conv2d(6, 16",
        "nn.AvgPool2d(kernel_size=2, stride=2),\n        )",
        "nn.MaxPool2d(kernel_size=2, stride=2),\n        )",
    ),
    "Which kind of pooling did LeNet have?",
)
relu_for_sigmoid = lenet(
    edit(
        "padding=2),\n            nn.Sigmoid()",
        "padding=2),\n            nn.ReLU()",
        "(6, 16, kernel_size=5),\n            nn.Sigmoid()",
        "(6, 16, kernel_size=5),\n            nn.ReLU()",
        "120),\n            nn.Sigmoid()",
        "120),\n            nn.ReLU()",
        "84),\n            nn.Sigmoid()",
        "84),\n            nn.ReLU()",
    ),
    "Which activation did LeNet have, before the one that came later?",
)
sigmoid_after_the_pooling = lenet(
    edit(
        "nn.Sigmoid(),\n            nn.AvgPool2d(kernel_size=2, stride=2),\n            nn.Conv2d",
        "nn.AvgPool2d(kernel_size=2, stride=2),\n            nn.Sigmoid(),\n            nn.Conv2d",
        "nn.Sigmoid(),\n            nn.AvgPool2d(kernel_size=2, stride=2),\n        )",
        "nn.AvgPool2d(kernel_size=2, stride=2),\n            nn.Sigmoid(),\n        )",
    ),
    "Is the mean of four sigmoids the sigmoid of their mean?",
)
no_activation_between_linear_layers = lenet(
    edit("            nn.Linear(120, 84),\n            nn.Sigmoid(),\n", "            nn.Linear(120, 84),\n"),
    "What are two linear layers worth with nothing in between?",
)
padding_in_the_second_convolution = lenet(
    edit(
        "kernel_size=5, padding=2)",
        "kernel_size=5)",
        "nn.Conv2d(6, 16, kernel_size=5)",
        "nn.Conv2d(6, 16, kernel_size=5, padding=2)",
        "16 * 5 * 5",
        "16 * 6 * 6",
    ),
    "How many pixels are left after the second pooling, and how many should there be?",
)
no_biases = lenet(
    edit(
        "nn.Conv2d(1, 6, kernel_size=5, padding=2)",
        "nn.Conv2d(1, 6, kernel_size=5, padding=2, bias=False)",
        "nn.Conv2d(6, 16, kernel_size=5)",
        "nn.Conv2d(6, 16, kernel_size=5, bias=False)",
    ),
    "How many of the 61,706 numbers are biases?",
)
gradients_pile_up = lenet(
    edit("        net.zero_grad()\n", ""),
    "What is in `.grad` when the second batch goes back?",
)
loss_after_the_step = lenet(
    edit("losses.append(loss.item())", "losses.append(nn.functional.cross_entropy(net(X), y).item())"),
    "Was the loss that you report computed before or after the step?",
)
sum_over_the_batch = lenet(
    edit("nn.functional.cross_entropy(net(X), y)", 'nn.functional.cross_entropy(net(X), y, reduction="sum")'),
    "Should a batch twice as large take a step twice as long?",
)
softmax_before_the_loss = lenet(
    edit("nn.functional.cross_entropy(net(X), y)", "nn.functional.cross_entropy(net(X).softmax(1), y)"),
    "`cross_entropy` takes logits: what does it do with them before the logarithm?",
)
losses_as_tensors = lenet(
    edit("losses.append(loss.item())", "losses.append(loss.detach())"),
    "Should the history of losses hold tensors, or numbers?",
)
weights_decay_unasked = lenet(
    edit("parameter -= lr * parameter.grad", "parameter -= lr * (parameter.grad + 0.01 * parameter)"),
    "Did the exercise ask for anything besides the gradient in the step?",
)
step_uphill = lenet(
    edit("parameter -= lr * parameter.grad", "parameter += lr * parameter.grad"),
    "Does the loss rise or fall along the gradient?",
)


# ---- learn_kernel ---------------------------------------------------------------------------------------------------

convolution_for_correlation = learn_kernel(
    edit("conv2d(X[None, None], kernel[None, None])", "conv2d(X[None, None], kernel.flip(0, 1)[None, None])"),
    "Which entry of the kernel meets the upper left pixel of a window: the first, or the last?",
)
kernel_uphill = learn_kernel(
    edit("kernel -= lr * gradient", "kernel += lr * gradient"),
    "Does the loss rise or fall along the gradient?",
)
kernel_gradients_pile_up = learn_kernel(
    edit(
        "    for _ in range(steps):\n",
        "    total = 0\n    for _ in range(steps):\n",
        "kernel -= lr * gradient",
        "total = total + gradient\n            kernel -= lr * total",
    ),
    "Is the gradient of the first step still in the second?",
)
squares_summed = learn_kernel(
    edit("((found - Y) ** 2).mean()", "((found - Y) ** 2).sum()"),
    "Should the step grow with the size of the image?",
)
half_the_squares = learn_kernel(
    edit("((found - Y) ** 2).mean()", "((found - Y) ** 2).mean() / 2"),
    "What is the derivative of a square, and is there a ½ before ours?",
)
absolute_error = learn_kernel(
    edit("((found - Y) ** 2).mean()", "(found - Y).abs().mean()"),
    "Which error is asked for: absolute or squared?",
)
random_start = learn_kernel(
    edit(
        "torch.zeros(kernel_size, dtype=X.dtype, device=X.device, requires_grad=True)",
        "torch.randn(kernel_size, dtype=X.dtype).to(X.device).requires_grad_()",
    ),
    "From where does the descent begin?",
)
one_step_short = learn_kernel(
    edit("for _ in range(steps):", "for _ in range(1, steps):"),
    "After one step, has your kernel moved?",
)
kernel_attached = learn_kernel(
    edit("return kernel.detach()", "return kernel"),
    "Does what you return still drag a graph behind it?",
)
channels_reshaped = learn_kernel(
    edit(
        "(x.movedim(1, -1) @ w.T + b).movedim(-1, 1)", "(x.reshape(len(x), *x.shape[2:], -1) @ w.T + b).movedim(-1, 1)"
    ),
    "Reshaping and moving an axis give the same shape: do they put the same numbers in the same places?",
)
channels_reshaped_on_the_way_out = learn_kernel(
    edit(
        "(x.movedim(1, -1) @ w.T + b).movedim(-1, 1)", "(x.movedim(1, -1) @ w.T + b).reshape(len(x), -1, *x.shape[2:])"
    ),
    "Reshaping and moving an axis give the same shape: do they put the same numbers in the same places on the way out?",
)
conv1x1_transposed = learn_kernel(
    edit("@ w.T + b", "@ w.reshape(w.shape[::-1]) + b"),
    "Reshaping and transposing give the same shape: do they put the same numbers in the same places in w?",
)
conv1x1_without_bias = learn_kernel(
    edit("@ w.T + b)", "@ w.T + 0 * b)"),
    "What should come out where all channels are 0?",
)


# ---- equivariance_error ---------------------------------------------------------------------------------------------

border_ignored = equivariance_error(
    edit("after, before = inside(f(T(x))), inside(S(f(x)))", "after, before = f(T(x)), S(f(x))"),
    "Near the edge a padded layer knows where it is: which pixels were you asked to leave out?",
)
border_cut_off_before_the_shift = equivariance_error(
    edit("inside(f(T(x))), inside(S(f(x)))", "inside(f(T(x))), S(inside(f(x)))"),
    "If the border is cut off first and S shifts afterwards, which pixels come in at the edge?",
)
border_cut_off_at_one_side = equivariance_error(
    edit("y[..., border : y.shape[-2] - border, border : y.shape[-1] - border]", "y[..., border:, border:]"),
    "How many sides does the border have?",
)
same_transformation_on_both_sides = equivariance_error(
    edit("S = T if S is None else S", "S = T"),
    "With stride 2, by how much does the output move if the input moves by 2?",
)
output_transformation_left_out = equivariance_error(
    edit("inside(S(f(x)))", "inside(f(x))"),
    "What is compared: f of the shifted image with f of the image, or with its shifted result?",
)
mean_cancels = equivariance_error(
    edit(
        "(after - before).norm().item(), before.norm().item()",
        "(after - before).mean().abs().item(), before.mean().abs().item()",
    ),
    "If half of the pixels are too bright and half too dark by the same amount, what is the mean of the differences?",
)
absolute_error_for_relative = equivariance_error(
    edit("return gap / size", "return gap"),
    "If f were a thousand times larger, should the error grow?",
)
largest_for_the_norm = equivariance_error(
    edit(
        "(after - before).norm().item(), before.norm().item()",
        "(after - before).abs().max().item(), before.abs().max().item()",
    ),
    "Which norm is asked for: the Euclidean, or the largest entry?",
)
squares_without_the_root = equivariance_error(
    edit("return gap / size", "return (gap / size) ** 2"),
    "Is a norm the sum of squares, or its root?",
)
relative_to_the_image = equivariance_error(
    edit("before.norm().item()", "inside(x).norm().item()"),
    "Relative to what: to the image, or to what f makes of it?",
)
nothing_is_not_a_number = equivariance_error(
    edit("        return math.inf if gap else 0.0\n", '        return float("nan")\n'),
    "Where f gives 0 on both ways: how far apart are the two?",
)
nothing_is_always_right = equivariance_error(
    edit("return math.inf if gap else 0.0", "return 0.0"),
    "S(f(x)) is 0 and f(T(x)) is not: is that a small error?",
)
error_as_a_tensor = equivariance_error(
    edit("return gap / size", "return torch.tensor(gap / size)"),
    "Was a tensor asked for, or a number?",
)


# ---- channels_last --------------------------------------------------------------------------------------------------

axes_moved_and_left_there = channels_last(
    edit("x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)", "x.permute(0, 2, 3, 1).contiguous()"),
    "Which shape should come back, and which axis is last in yours?",
)
only_the_axes_moved = channels_last(
    edit(
        "x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)",
        "x.permute(0, 2, 3, 1).permute(0, 3, 1, 2).clone(memory_format=torch.contiguous_format)",
    ),
    "Moving axes there and back changes nothing: at which moment are the numbers copied into their new order?",
)
numbers_reshaped = channels_last(
    edit(
        "x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)",
        "x.reshape(len(x), *x.shape[2:], x.shape[1]).contiguous().permute(0, 3, 1, 2)",
    ),
    "Reshaping and moving an axis give the same shape: do they put the same numbers in the same places?",
)
view_for_reshape = channels_last(
    edit("self.conv(located).relu().flatten(1)", "self.conv(located).relu().view(n, -1)"),
    "`view` promises not to copy: in which order of memory can it keep that promise?",
)
flattened_in_the_order_of_memory = channels_last(
    edit(
        "return self.linear(self.conv(located).relu().flatten(1))",
        "y = self.conv(located).relu()\n"
        "        last = y.is_contiguous(memory_format=torch.channels_last) and not y.is_contiguous()\n"
        "        return self.linear((y.permute(0, 2, 3, 1) if last else y).flatten(1))",
    ),
    "Does the linear layer meet the same numbers in the same order, whatever the layout?",
)
rows_and_columns_swapped = channels_last(
    edit(
        'torch.stack(torch.meshgrid(rows, columns, indexing="ij"))',
        'torch.stack(torch.meshgrid(rows, columns, indexing="ij")[::-1])',
    ),
    "Which comes first of the two places that are appended: the row or the column?",
)
places_from_zero = channels_last(
    edit(
        "rows = torch.linspace(-1, 1, height",
        "rows = torch.linspace(0, 1, height",
        "columns = torch.linspace(-1, 1, width",
        "columns = torch.linspace(0, 1, width",
    ),
    "Which place has the first row, and which the last?",
)
places_before_the_image = channels_last(
    edit(
        "torch.cat([x, places.expand(n, 2, height, width)], dim=1)",
        "torch.cat([places.expand(n, 2, height, width), x], dim=1)",
    ),
    "Which channels of the kernel read the image: the first ones, or the last ones?",
)
no_activation = channels_last(
    edit("self.conv(located).relu().flatten(1)", "self.conv(located).flatten(1)"),
    "What are two linear layers worth with nothing in between?",
)
places_stay_on_the_cpu = channels_last(
    edit(
        "rows = torch.linspace(-1, 1, height, dtype=x.dtype, device=x.device)",
        "rows = torch.linspace(-1, 1, height, dtype=x.dtype)",
        "columns = torch.linspace(-1, 1, width, dtype=x.dtype, device=x.device)",
        "columns = torch.linspace(-1, 1, width, dtype=x.dtype)",
    ),
    "On which device are the places made, and on which one is x?",
)
computed_on_the_cpu = channels_last(
    edit("n, _, height, width = x.shape", "self.cpu()\n        x = x.cpu()\n        n, _, height, width = x.shape"),
    "On which device does the caller expect the result?",
)
