"""Mistakes that are made in week 4. Each must lose points, and be recognised; its hint asks, and does not answer."""

from functools import partial

import torch

from torchstone.judge import edit, misconception

activations = partial(misconception, "activations", link="#activations")
mlp = partial(misconception, "mlp_forward_backward", link="#mlp_forward_backward")
dropout = partial(misconception, "dropout", link="#dropout")
weight_decay = partial(misconception, "weight_decay_step", link="#weight_decay_step")
initialization = partial(misconception, "initialization", link="#initialization")
gradcheck = partial(misconception, "my_gradcheck", link="#my_gradcheck")
k_fold = partial(misconception, "k_fold", link="#k_fold")
label_shift = partial(misconception, "label_shift_weights", link="#label_shift_weights")
placement = partial(misconception, "device_placement", link="#device_placement")


# ---- activations ----------------------------------------------------------------------------------------------------

relu_ignores_the_upstream_gradient = activations(
    edit("return upstream * (x > 0)", "return (x > 0).to(x.dtype)"),
    "The backward pass receives what flows back from above: where does that enter the result?",
)
relu_active_at_zero = activations(
    edit("upstream * (x > 0)", "upstream * (x >= 0)"),
    "Which derivative did we agree on for ReLU at exactly 0, and what does your mask say there?",
)
relu_writes_into_the_upstream_gradient = activations(
    edit("return upstream * (x > 0)", "return upstream.mul_(x > 0)"),
    "Who else may still need the tensor `upstream` after your backward pass?",
)
relu_changes_its_input = activations(
    edit("return x.clamp(min=0)", "return x.data.clamp_(min=0).clone()"),
    "Does x still hold its own values after the forward pass?",
)
gelu_without_the_density = activations(
    edit("(cdf + x * density)", "cdf"),
    "x·Φ(x) is a product: how many terms does its derivative have?",
)
gelu_by_tanh = activations(
    edit(
        "0.5 * (1 + torch.erf(x / math.sqrt(2)))",
        "0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))",
    ),
    "Several curves go by the name of GELU: which one does this exercise ask for?",
)
gelu_density_without_its_normalizer = activations(
    edit(" / math.sqrt(2 * math.pi)", ""),
    "What is the area under exp(−x²/2), and what must it be for a density?",
)
sigmoid_overflows = activations(
    edit("torch.where(x >= 0, 1 / (1 + small), small / (1 + small))", "torch.exp(x) / (1 + torch.exp(x))"),
    "How large is eˣ for x = 100 in float32, and what is ∞ divided by ∞?",
)
sigmoid_input_for_output = activations(
    edit("ctx.save_for_backward(s)", "ctx.save_for_backward(x)"),
    "In σ′ = s·(1 − s), is s what went into the sigmoid or what came out of it?",
)
sigmoid_state_on_the_class = activations(
    edit("ctx.save_for_backward(s)", "Sigmoid.s = s", "(s,) = ctx.saved_tensors", "s = Sigmoid.s"),
    "If the function is applied twice before any backward pass, which of the two outputs is still remembered?",
)


# ---- mlp_forward_backward -------------------------------------------------------------------------------------------

loss_gradient_without_one_over_n = mlp(
    edit("(log_p.exp() - one_hot) / len(y)", "log_p.exp() - one_hot"),
    "The loss is a mean over the batch: where does that show in its gradient?",
)
one_over_n_twice = mlp(
    edit(
        '"b1": d_preactivation.sum(0)',
        '"b1": d_preactivation.mean(0)',
        '"b2": d_logits.sum(0)',
        '"b2": d_logits.mean(0)',
    ),
    "Every example adds its share to a bias: how do the shares combine, and where has the 1/n already gone in?",
)
bias_gradient_over_the_wrong_axis = mlp(
    edit(
        '"b1": d_preactivation.sum(0)', '"b1": d_preactivation.sum(1)', '"b2": d_logits.sum(0)', '"b2": d_logits.sum(1)'
    ),
    "A bias has one entry for each unit: along which axis of [n, units] do you add?",
)
hidden_weights_gradient_transposed = mlp(
    edit('"W1": cache["X"].T @ d_preactivation', '"W1": d_preactivation.T @ cache["X"]'),
    "Write the shape under each factor: in which order do they give [d, h]?",
)
output_weights_gradient_transposed = mlp(
    edit('"W2": cache["hidden"].T @ d_logits', '"W2": d_logits.T @ cache["hidden"]'),
    "Write the shape under each factor: in which order do they give [h, k]?",
)
backward_multiplies_by_the_weights_untransposed = mlp(
    edit('d_logits @ cache["W2"].T', 'd_logits @ cache["W2"].reshape(cache["W2"].T.shape)'),
    "Reshaping and transposing give the same shape: do they put the same numbers in the same places?",
)
gradient_ignores_the_relu = mlp(
    edit(' * (cache["hidden"] > 0)', ""),
    "Which hidden units were active in the forward pass, and what reaches the others on the way back?",
)
gradient_passes_at_zero = mlp(
    edit('"hidden": hidden}', '"hidden": hidden, "z": X @ W1 + b1}', '(cache["hidden"] > 0)', '(cache["z"] >= 0)'),
    "Which derivative did we agree on for ReLU at exactly 0, and what does your mask say there?",
)
stale_mask = mlp(
    edit(
        "    logits = hidden @ W2 + b2",
        "    global MASK\n    MASK = hidden > 0\n    logits = hidden @ W2 + b2",
        '(cache["hidden"] > 0)',
        "MASK",
    ),
    "Where does the backward pass take its mask from, if another forward pass came in between?",
)
loss_overflows = mlp(
    edit("torch.log_softmax(logits, dim=1)", "torch.log(logits.exp() / logits.exp().sum(1, keepdim=True))"),
    "How large is e¹⁰⁰⁰, and what changes in a softmax if every logit becomes smaller by the same amount?",
)
loss_is_a_sum = mlp(
    edit(".gather(1, y[:, None]).mean()", ".gather(1, y[:, None]).sum()"),
    "Should the loss of a batch twice as large be twice as large?",
)
hidden_before_the_relu = mlp(
    edit('"hidden": cache["hidden"], **mlp_backward', '"hidden": X @ W1 + b1, **mlp_backward'),
    "Is the hidden layer that you return the one that the output layer sees?",
)


# ---- dropout --------------------------------------------------------------------------------------------------------

not_rescaled = dropout(
    edit("keep.to(x.device) / (1 - p)", "keep.to(x.device)"),
    "Over many masks, what is the mean of the output, compared with the input?",
)
p_is_the_probability_to_keep = dropout(
    edit(
        "generator=generator) >= p", "generator=generator) < p", "keep.to(x.device) / (1 - p)", "keep.to(x.device) / p"
    ),
    "Is p the share that falls or the share that survives?",
)
active_in_evaluation = dropout(
    edit("if not training or p == 0:", "if p == 0:"),
    "What should happen when `training` is False?",
)
rescaled_in_evaluation = dropout(
    edit(
        "if not training or p == 0:",
        "if not training:\n        return x * (1 - p)\n    if p == 0:",
        "keep.to(x.device) / (1 - p)",
        "keep.to(x.device)",
    ),
    "There are two places where the mean can be mended: which of them does *inverted* dropout choose?",
)
one_mask_per_batch = dropout(
    edit("torch.rand(x.shape, ", "torch.rand(x.shape[1:], "),
    "How many coins does a batch of 64 examples need?",
)
one_coin_per_example = dropout(
    edit("torch.rand(x.shape, ", "torch.rand((len(x),) + (1,) * (x.dim() - 1), "),
    "Do the units of one example fall together, or each by itself?",
)
everything_dropped_divides_by_zero = dropout(
    edit("    if p == 1:\n", "    if False:\n"),
    "With p = 1, by what does your formula divide?",
)
changes_its_input = dropout(
    edit("return x * keep.to(x.device) / (1 - p)", "return x.data.mul_(keep.to(x.device) / (1 - p)) + 0 * x"),
    "Does the layer below still have its own values after your function has run?",
)
same_generator_started_anew = dropout(
    edit("generator=generator)", "generator=torch.Generator().manual_seed(generator.initial_seed()))"),
    "Two calls in a row: in which state does each of them find the generator?",
)
mask_stays_on_the_cpu = dropout(
    edit("keep.to(x.device)", "keep"),
    "On which device is the mask made, and on which device is x?",
)


@dropout()
def another_mask_on_the_way_back():
    """Through which entries did the values go forward, and through which do the gradients go back?"""

    class Masked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, p, generator):
            ctx.p, ctx.generator = p, generator
            return x * (torch.rand(x.shape, generator=generator) >= p).to(x.device) / (1 - p)

        @staticmethod
        def backward(ctx, upstream):
            mask = torch.rand(upstream.shape, generator=ctx.generator) >= ctx.p
            return upstream * mask.to(upstream.device) / (1 - ctx.p), None, None

    def dropout(x, p, training, generator):
        if not training or p == 0:
            return x
        return x * 0 if p == 1 else Masked.apply(x, p, generator)


@dropout()
def global_random_state():
    """Where do your random numbers come from, and who else draws from there?"""

    def dropout(x, p, training, generator):
        if not training or p == 0:
            return x
        if p == 1:
            return x * 0
        return x * (torch.rand(x.shape) >= p).to(x.device) / (1 - p)


# ---- weight_decay_step ----------------------------------------------------------------------------------------------

decay_twice_as_strong = weight_decay(
    edit("w.grad + weight_decay * w", "w.grad + 2 * weight_decay * w"),
    "Is the penalty λ·‖w‖² or λ/2·‖w‖², and what is the derivative of the one we use?",
)
biases_decay = weight_decay(
    edit("b -= lr * b.grad", "b -= lr * (b.grad + weight_decay * b)"),
    "Which parameters are penalised for being large, and why not all of them?",
)
decay_not_scaled_by_the_learning_rate = weight_decay(
    edit("lr * (w.grad + weight_decay * w)", "lr * w.grad + weight_decay * w"),
    "If the learning rate is halved, what should become of the decay in one step?",
)
decay_applied_twice = weight_decay(
    edit("w -= lr * (w.grad + weight_decay * w)", "w *= 1 - lr * weight_decay; w -= lr * (w.grad + weight_decay * w)"),
    "How often does a weight shrink in one step of yours?",
)
decay_after_the_step = weight_decay(
    edit("w -= lr * (w.grad + weight_decay * w)", "w -= lr * w.grad; w -= lr * weight_decay * w"),
    "Which w does the decay see: the one before the step, or the one after?",
)
decay_grows_the_weights = weight_decay(
    edit("w.grad + weight_decay * w", "w.grad - weight_decay * w"),
    "Does a weight without any gradient come closer to 0 in your step, or move away from it?",
)
decay_written_into_the_gradient = weight_decay(
    edit("w -= lr * (w.grad + weight_decay * w)", "w.grad += weight_decay * w; w -= lr * w.grad"),
    "Who may read `.grad` after your step, and what would they find there?",
)
gradients_zeroed = weight_decay(
    edit("w -= lr * (w.grad + weight_decay * w)", "w -= lr * (w.grad + weight_decay * w); w.grad.zero_()"),
    "Whose task is it to clear the gradients: the step's, or the training loop's?",
)
step_on_a_copy = weight_decay(
    edit("w -= lr *", "w = w - lr *", "b -= lr *", "b = b - lr *"),
    "Does `w = w - …` change the tensor in the list, or only what the name w stands for?",
)
missing_gradient_counts_as_zero = weight_decay(
    edit(
        "            if w.grad is not None:\n                w -= lr * (w.grad + weight_decay * w)",
        "            w -= lr * ((0 if w.grad is None else w.grad) + weight_decay * w)",
    ),
    "What should become of a weight that took no part in this step's loss?",
)
missing_gradient_ends_the_step = weight_decay(
    edit(
        "            if w.grad is not None:\n                w -= lr * (w.grad + weight_decay * w)",
        "            if w.grad is None:\n                return\n            w -= lr * (w.grad + weight_decay * w)",
    ),
    "If one tensor has no gradient, what should happen to those after it in the list?",
)


# ---- initialization -------------------------------------------------------------------------------------------------

kaiming_fan_out = initialization(
    edit("2 / (fan_in * window)", "2 / (fan_out * window)"),
    "How many numbers are added up in one unit on the way forward, and which axis of [out, in] counts them?",
)
kaiming_variance_for_the_standard_deviation = initialization(
    edit("t.copy_(std * z)", "t.copy_(std**2 * z)"),
    "2 / fan_in is a variance: by what do you multiply a standard normal number to give it that variance?",
)
kaiming_without_its_gain = initialization(
    edit("math.sqrt(2 / (fan_in * window))", "math.sqrt(1 / (fan_in * window))"),
    "A ReLU silences half of its inputs: what makes up for it?",
)
kaiming_uniform = initialization(
    edit(
        "z = torch.randn(t.shape, generator=generator, dtype=t.dtype)",
        "z = math.sqrt(3) * (2 * torch.rand(t.shape, generator=generator, dtype=t.dtype) - 1)",
    ),
    "Plot a histogram of your values: is that the distribution that is asked for?",
)
xavier_standard_deviation_for_the_bound = initialization(
    edit("math.sqrt(6 / ((fan_in + fan_out) * window))", "math.sqrt(2 / ((fan_in + fan_out) * window))"),
    "What is the variance of a uniform distribution on (−a, a)?",
)
xavier_by_fan_in_alone = initialization(
    edit("6 / ((fan_in + fan_out) * window)", "6 / (fan_in * window)"),
    "Which two directions does Xavier's rule keep in balance?",
)
xavier_with_a_gain = initialization(
    edit("a * (2 * u - 1)", "math.sqrt(2) * a * (2 * u - 1)"),
    "For which activation is Xavier's rule made, and does it need a gain?",
)
xavier_positive_only = initialization(
    edit("a * (2 * u - 1)", "a * u"),
    "Where does your interval begin, and what is the mean of your weights?",
)
xavier_normal = initialization(
    edit(
        "t.copy_(a * (2 * u - 1))",
        "t.copy_(a / math.sqrt(3) * torch.randn(t.shape, generator=generator, dtype=t.dtype))",
    ),
    "Two distributions can have the same variance: which of them is asked for here?",
)
window_forgotten = initialization(
    edit("6 / ((fan_in + fan_out) * window)", "6 / (fan_in + fan_out)", "2 / (fan_in * window)", "2 / fan_in"),
    "How many inputs does one output of a 3 × 3 convolution add up?",
)
not_in_place = initialization(
    edit("return t.copy_(a * (2 * u - 1))", "return a * (2 * u - 1)", "return t.copy_(std * z)", "return std * z"),
    "The underscore in the name is a promise: what happens to the tensor that was given?",
)
values_from_the_global_generator = initialization(
    edit(
        "u = torch.rand(t.shape, generator=generator, ",
        "u = torch.rand(t.shape, ",
        "z = torch.randn(t.shape, generator=generator, ",
        "z = torch.randn(t.shape, ",
    ),
    "Where do your random numbers come from, and who else draws from there?",
)


# ---- my_gradcheck ---------------------------------------------------------------------------------------------------

cotangent_of_ones = gradcheck(
    edit(
        "torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(4))",
        "torch.ones(y.shape, dtype=y.dtype)",
    ),
    "The outputs of softmax always add up to 1: what does your test see of a wrong gradient of softmax?",
)
one_entry_only = gradcheck(
    edit(
        "        numeric[index] = (v * difference)",
        "        numeric[index] = analytic[index] if any(index) else (v * difference)",
    ),
    "If the gradient is wrong in the last entry of x alone, do you notice?",
)
sum_of_the_gradient_only = gradcheck(
    edit("(analytic - numeric).abs().max()", "(analytic - numeric).sum().abs()"),
    "Can two errors cancel in your comparison?",
)
absolute_tolerance = gradcheck(
    edit("<= tol * scale", "<= tol"),
    "For a function whose values are around 1e-6, how large can an error be before you see it?",
)
forward_differences = gradcheck(
    edit("(f(x + step) - f(x - step)).detach()", "2 * (f(x + step) - f(x)).detach()"),
    "How does the error shrink with eps if you step to one side, and how if you step to both?",
)
not_a_number_passes = gradcheck(
    edit(
        "return bool((analytic - numeric).abs().max() <= tol * scale)",
        "return not bool((analytic - numeric).abs().max() > tol * scale)",
    ),
    "What is the answer to NaN > 1, and to NaN <= 1?",
)
single_precision_accepted = gradcheck(
    edit("if x.dtype != torch.float64:", "if False:"),
    "In float32, how many digits of f(x + eps) − f(x − eps) are left?",
)
wrong_step_width = gradcheck(
    edit(".sum() / (2 * eps)", ".sum() / eps"),
    "How far apart are the two points at which you evaluate f?",
)
settings_ignored = gradcheck(
    edit("step[index] = eps", "step[index] = eps = 1e-6", "<= tol * scale", "<= 1e-5 * scale"),
    "What do the arguments eps and tol change in your function?",
)
x_is_shifted = gradcheck(
    edit(
        "def my_gradcheck(f, x, eps=1e-6, tol=1e-5):",
        "def my_gradcheck(f, x, eps=1e-6, tol=1e-5):\n    given = x",
        "    scale = torch.maximum(",
        "    given.data += eps\n    scale = torch.maximum(",
    ),
    "Is x, after your function has run, exactly what it was before?",
)


# ---- k_fold ---------------------------------------------------------------------------------------------------------

tail_lost = k_fold(
    edit(
        "torch.arange(len(X), device=X.device).tensor_split(k)",
        "torch.arange(len(X) // k * k, device=X.device).tensor_split(k)",
    ),
    "With 23 examples and 4 folds, where do the last three go?",
)
last_part_takes_the_rest = k_fold(
    edit(
        "torch.arange(len(X), device=X.device).tensor_split(k)",
        "torch.arange(len(X), device=X.device).tensor_split([len(X) // k * i for i in range(1, k)])",
    ),
    "With 23 examples and 4 folds, how large is your smallest part, and how large your largest?",
)
parts_overlap = k_fold(
    edit(
        "train = torch.cat(parts[:i] + parts[i + 1 :])",
        "train, valid = torch.cat(parts[:i] + parts[i + 1 :]), torch.cat([valid, parts[i - 1][:1]])",
    ),
    "In how many validation parts is each example?",
)
training_part_holds_everything = k_fold(
    edit("torch.cat(parts[:i] + parts[i + 1 :])", "torch.cat(parts)"),
    "Has the model seen the examples on which you validate it?",
)
scaled_before_the_split = k_fold(
    edit("mean, std = X[train].mean(0), X[train].std(0)", "mean, std = X.mean(0), X.std(0)"),
    "What does a mean over all the examples know about those that are held out?",
)
validation_scaled_by_itself = k_fold(
    edit("(X[valid] - mean) / std", "(X[valid] - X[valid].mean(0)) / X[valid].std(0, unbiased=False).clamp(min=1e-12)"),
    "When a single new example arrives, which mean and which spread will you have?",
)
validation_not_scaled = k_fold(
    edit("(X[valid] - mean) / std", "X[valid]"),
    "Do the training and the validation features speak in the same units?",
)
biased_standard_deviation = k_fold(
    edit("X[train].std(0)", "X[train].std(0, unbiased=False)"),
    "By n or by n − 1: which standard deviation is asked for?",
)
constant_column_divides_by_zero = k_fold(
    edit("std = torch.where(std > 0, std, torch.ones_like(std))", "pass"),
    "What is the spread of a column in which all values are equal?",
)
constant_column_blown_up = k_fold(
    edit("std = torch.where(std > 0, std, torch.ones_like(std))", "std = std + 1e-8"),
    "A column is constant in the training part, and one held-out example differs there: how large does it become?",
)
pairs_torn_apart = k_fold(
    edit("y[train], (X[valid]", "y[train].flip(0), (X[valid]"),
    "Does every row still stand beside its own label?",
)


# ---- label_shift_weights --------------------------------------------------------------------------------------------

confusion_matrix_transposed = label_shift(
    edit("torch.linalg.pinv(joint)", "torch.linalg.pinv(joint.T)"),
    "Do the rows of C stand for what was predicted or for what is true? Which of the two is summed over in C w = μ?",
)
conditional_for_joint = label_shift(
    edit("torch.linalg.pinv(joint)", "torch.linalg.pinv(joint / joint.sum(0))"),
    "With p(ŷ | y) in the place of p(ŷ, y), is the solution a ratio of probabilities or a probability?",
)
prior_of_the_predictions = label_shift(
    edit("prior = joint.sum(0)", "prior = joint.sum(1)"),
    "Which sum of C gives how often each class truly occurs: the one over rows or the one over columns?",
)
weights_not_normalized = label_shift(
    edit("joint = C / C.sum()", "joint = C", "return w / (prior @ w)", "return w"),
    "If you had counted twice as many examples, should the weights change?",
)
not_rescaled_after_clipping = label_shift(
    edit("return w / (prior @ w)", "return w"),
    "After the clipping, what is the mean of the weights over the source classes?",
)
weights_sum_to_one = label_shift(
    edit("return w / (prior @ w)", "return w / w.sum()"),
    "Which average of the weights must be 1: the plain one, or the one over how often each class occurs?",
)
negative_weights_kept = label_shift(
    edit(".clamp(min=0)", ""),
    "Can a class be less frequent than never?",
)
negative_weights_made_positive = label_shift(
    edit(".clamp(min=0)", ".abs()"),
    "If the estimate falls below 0, which possible weight is nearest to it?",
)
singular_matrix_inverted = label_shift(
    edit("torch.linalg.pinv(joint)", "torch.linalg.inv(joint)"),
    "If a class was never seen, how many solutions does C w = μ have?",
)
risk_divided_by_the_weights = label_shift(
    edit("(w[y] * losses).mean()", "(w[y] * losses).sum() / w[y].sum()"),
    "By what is the sum divided in the weighted risk: by the number of examples, or by the sum of their weights?",
)
risk_is_a_sum = label_shift(
    edit("(w[y] * losses).mean()", "(w[y] * losses).sum()"),
    "Should the risk grow with the number of examples?",
)
risk_without_gradient = label_shift(
    edit("(w[y] * losses).mean()", "(w[y] * losses).mean().detach()"),
    "If a network is to be trained on this risk, what must still be attached to it?",
)


# ---- device_placement -----------------------------------------------------------------------------------------------

constants_as_plain_attributes = placement(
    edit(
        'self.register_buffer("mean", mean.clone())',
        "self.mean = mean.clone()",
        'self.register_buffer("std", std.clone())',
        "self.std = std.clone()",
    ),
    "What does `.to(device)` move: everything a module has, or what has been registered with it?",
)
constants_as_parameters = placement(
    edit(
        'self.register_buffer("mean", mean.clone())',
        "self.mean = nn.Parameter(mean.clone())",
        'self.register_buffer("std", std.clone())',
        "self.std = nn.Parameter(std.clone())",
    ),
    "What would the optimizer do with your mean and std?",
)
constants_not_saved = placement(
    edit(
        '"mean", mean.clone())',
        '"mean", mean.clone(), persistent=False)',
        '"std", std.clone())',
        '"std", std.clone(), persistent=False)',
    ),
    "Whoever loads your `state_dict` tomorrow: where do they find mean and std?",
)
noise_stays_on_the_cpu = placement(
    edit("noise.to(z.device)", "noise"),
    "The generator lives on the CPU: where is the noise, and where is z?",
)
computes_on_the_cpu = placement(
    edit(
        "z = self.hidden((x - self.mean) / self.std)",
        "self.cpu()\n        z = self.hidden((x.cpu() - self.mean) / self.std)",
    ),
    "On which device does the caller expect the result?",
)
noise_variance_for_the_standard_deviation = placement(
    edit("noise_std * noise", "noise_std**2 * noise"),
    "By what do you multiply a standard normal number to give it the standard deviation σ?",
)
noise_without_being_asked = placement(
    edit("if noise_std > 0:", "if generator is not None:", "noise_std * noise", "(noise_std or 0.1) * noise"),
    "What should the network do with a generator when `noise_std` is 0?",
)
noise_after_the_relu = placement(
    edit(
        "z = z + noise_std * noise.to(z.device)", "return self.output(z.clamp(min=0) + noise_std * noise.to(z.device))"
    ),
    "Does a unit far below its threshold feel the noise?",
)
one_noise_for_the_whole_batch = placement(
    edit("torch.randn(z.shape, ", "torch.randn(z.shape[1:], "),
    "Do two examples in one batch share their noise?",
)
noise_from_the_global_generator = placement(
    edit("torch.randn(z.shape, generator=generator, ", "torch.randn(z.shape, "),
    "Where do your random numbers come from, and who else draws from there?",
)
not_standardized = placement(
    edit("self.hidden((x - self.mean) / self.std)", "self.hidden(x - self.mean)"),
    "After subtracting the mean, what is left to do before the first layer?",
)
