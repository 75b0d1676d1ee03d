"""Mistakes that are made in week 11. Each must lose points, and be recognised; its hint asks, and does not answer."""

from functools import partial

import torch

from torchstone.judge import edit, misconception

gd_newton = partial(misconception, "gd_newton", link="#gd_newton")
sgd = partial(misconception, "sgd", link="#sgd")
adagrad_rmsprop = partial(misconception, "adagrad_rmsprop", link="#adagrad_rmsprop")
adadelta = partial(misconception, "adadelta", link="#adadelta")
adam_adamw = partial(misconception, "adam_adamw", link="#adam_adamw")
schedules = partial(misconception, "schedules", link="#schedules")
simplex = partial(misconception, "project_simplex", link="#project_simplex")
noise = partial(misconception, "gradient_noise", link="#gradient_noise")
state = partial(misconception, "state_follows", link="#state_follows")


# ---- gd_newton ------------------------------------------------------------------------------------------------------

uphill = gd_newton(
    edit("rows[-1] - lr * grad(rows[-1])", "rows[-1] + lr * grad(rows[-1])"),
    "In which direction does a function fall: along its gradient, or against it?",
)
newton_uphill = gd_newton(
    edit("rows.append(x - lr * direction)", "rows.append(x + lr * direction)"),
    "Where is g + H·s = 0: at s = H⁻¹g, or somewhere else?",
)
hessian_not_inverted = gd_newton(
    edit("direction = torch.linalg.solve(H, g)", "direction = H @ g"),
    "In a steep direction the eigenvalue of H is large: should the step there become longer or shorter?",
)
stale_hessian = gd_newton(
    edit(
        "    for _ in range(steps):\n        x = rows[-1]\n        g, H = grad(x), hess(x)",
        "    H = hess(x)\n    for _ in range(steps):\n        x = rows[-1]\n        g = grad(x)",
    ),
    "At which point is the Hessian of your third step taken?",
)
diagonal_for_the_hessian = gd_newton(
    edit("direction = torch.linalg.solve(H, g)", "direction = g / H.diagonal()"),
    "What do the entries of H beside its diagonal say, and where do they enter your step?",
)
newton_without_the_rate = gd_newton(
    edit("rows.append(x - lr * direction)", "rows.append(x - direction)"),
    "What does the argument `lr` of `newton` change in your function?",
)
absolute_entries = gd_newton(
    edit(
        "            eigenvalues, Q = torch.linalg.eigh(H)\n"
        "            direction = Q @ ((Q.T @ g) / eigenvalues.abs())",
        "            direction = torch.linalg.solve(H.abs(), g)",
    ),
    "Does the matrix of the absolute values of H's entries have the same eigenvectors as H?",
)
absolute_ignored = gd_newton(
    edit("eigenvalues.abs()", "eigenvalues"),
    "Along an eigenvector with a negative eigenvalue, where does Newton's step lead, and where should it?",
)
negative_curvature_skipped = gd_newton(
    edit("(Q.T @ g) / eigenvalues.abs()", "(Q.T @ g) * (eigenvalues > 0) / eigenvalues.abs()"),
    "How does your path leave a saddle, if nothing moves along the directions that fall?",
)
starting_point_left_out = gd_newton(
    edit(
        "    rows = [x]\n    for _ in range(steps):\n        rows.append(rows[-1] - lr",
        "    rows = [x - lr * grad(x)]\n    for _ in range(steps):\n        rows.append(rows[-1] - lr",
    ),
    "What is in row 0 of the trajectory: the start, or what comes after the first step?",
)


@gd_newton()
def rows_that_are_one_tensor():
    """After an in-place step, what do the rows hold that you stored before it?"""

    def gradient_descent(grad, x, lr, steps):
        x = x.clone()
        rows = [x]
        for _ in range(steps):
            x -= lr * grad(x)
            rows.append(x)
        return torch.stack(rows)


# ---- sgd ------------------------------------------------------------------------------------------------------------

velocity_is_an_average = sgd(
    edit("v.mul_(momentum).add_(g)", "v.mul_(momentum).add_((1 - momentum) * g)"),
    "If every gradient is 1, to which value does your velocity grow, and to which should it?",
)
nesterov_adds_to_the_velocity = sgd(
    edit("(g + momentum * v if", "(v + momentum * v if"),
    "What is β·v added to in Nesterov's step: the gradient, or the velocity once more?",
)
nesterov_without_the_gradient = sgd(
    edit("(g + momentum * v if", "(momentum * v if"),
    "Two terms make the direction of Nesterov's step: which of them does yours lack?",
)
nesterov_adds_the_velocity_undamped = sgd(
    edit("(g + momentum * v if", "(g + v if"),
    "By how much is the velocity damped before Nesterov's step adds it to the gradient?",
)
nesterov_ignored = sgd(
    edit('if group["nesterov"] else v', "if False else v"),
    "What does the argument `nesterov` change in your step?",
)
one_velocity_for_all = sgd(
    edit("state = self.state[p]", 'state = self.state[group["params"][0]]'),
    "Does each parameter remember its own past, or do some of them share it?",
)
rate_inside_the_velocity = sgd(
    edit(
        "v.mul_(momentum).add_(g)",
        "v.mul_(momentum).add_(lr * g)",
        "p -= lr * (g + momentum * v if",
        "p -= (lr * g + momentum * v if",
    ),
    "If the learning rate is lowered, what becomes of the velocity that was gathered before?",
)
decay_beside_the_velocity = sgd(
    edit(
        'v, g = state["velocity"], p.grad + decay * p',
        'v, g = state["velocity"], p.grad\n                p *= 1 - lr * decay',
    ),
    "Is the decay part of the gradient that enters the velocity, or does it act beside it?",
)
decay_ignored = sgd(
    edit("p.grad + decay * p", "p.grad + 0 * p"),
    "What does the argument `weight_decay` change in your step?",
)
zeros_count_as_missing = sgd(
    edit("if p.grad is None:", "if p.grad is None or not p.grad.any():"),
    "Where does a ball roll on level ground: is a gradient of zeros the same as no gradient?",
)
missing_counts_as_zeros = sgd(
    edit(
        "                if p.grad is None:\n                    continue\n",
        "                if p.grad is None:\n                    p.grad = torch.zeros_like(p)\n",
    ),
    "A parameter without a gradient took no part in the loss: should it move?",
)
settings_of_the_optimizer = sgd(
    edit(
        'group["lr"], group["momentum"], group["weight_decay"]',
        'self.defaults["lr"], self.defaults["momentum"], self.defaults["weight_decay"]',
    ),
    "Where do the settings of one group stand, and where those that hold if a group says nothing?",
)
velocity_not_saved = sgd(
    edit("state = self.state[p]", 'state = self.__dict__.setdefault("own", {}).setdefault(p, {})'),
    "Which part of an optimizer does `state_dict()` save, and is your velocity there?",
)
gradient_overwritten = sgd(
    edit("p.grad + decay * p", "p.grad.add_(p, alpha=decay).mul_(1.0)"),
    "Who may read `.grad` after your step, and what would they find there?",
)


@sgd()
def velocity_is_the_gradient():
    """The first velocity equals the first gradient: is it a copy, or the very tensor in `p.grad`?"""

    class SGD(torch.optim.Optimizer):
        def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
            options = {"lr": lr, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay}
            super().__init__(params, options)

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                beta = group["momentum"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    g = p.grad.add(p, alpha=group["weight_decay"]) if group["weight_decay"] else p.grad
                    if "velocity" not in self.state[p]:
                        v = self.state[p]["velocity"] = g
                    else:
                        v = self.state[p]["velocity"].mul_(beta).add_(g)
                    p.sub_(group["lr"] * (g + beta * v if group["nesterov"] else v))


# ---- adagrad_rmsprop ------------------------------------------------------------------------------------------------

eps_outside_the_root = adagrad_rmsprop(
    edit(
        'torch.sqrt(total + group["eps"])',
        '(torch.sqrt(total) + group["eps"])',
        "torch.sqrt(mean + eps)",
        "(torch.sqrt(mean) + eps)",
    ),
    "Libraries place ε differently: which convention does this exercise state, and what does 10⁻⁸ become under yours?",
)
no_eps = adagrad_rmsprop(
    edit('torch.sqrt(total + group["eps"])', "torch.sqrt(total)", "torch.sqrt(mean + eps)", "torch.sqrt(mean)"),
    "What is the divisor before any gradient other than 0 has come, and what is 0/0?",
)
adagrad_does_not_square = adagrad_rmsprop(
    edit("total.add_(p.grad**2)", "total.add_(p.grad.abs())"),
    "What is summed under the root: gradients, their sizes, or their squares?",
)
rmsprop_does_not_square = adagrad_rmsprop(
    edit("(1 - alpha) * p.grad**2", "(1 - alpha) * p.grad.abs()"),
    "What is averaged under the root: gradients, their sizes, or their squares?",
)
adagrad_without_the_root = adagrad_rmsprop(
    edit('p.grad / torch.sqrt(total + group["eps"])', 'p.grad / (total + group["eps"])'),
    "If all gradients are ten times as large, should Adagrad's step change?",
)
rmsprop_without_the_root = adagrad_rmsprop(
    edit("p.grad / torch.sqrt(mean + eps)", "p.grad / (mean + eps)"),
    "If all gradients are ten times as large, should RMSprop's step change?",
)
alpha_swapped = adagrad_rmsprop(
    edit("mean.mul_(alpha).add_((1 - alpha) * p.grad**2)", "mean.mul_(1 - alpha).add_(alpha * p.grad**2)"),
    "With α = 0.9, how much of the old mean survives one step?",
)
rmsprop_accumulates = adagrad_rmsprop(
    edit("mean.mul_(alpha).add_((1 - alpha) * p.grad**2)", "mean.mul_(alpha).add_(p.grad**2)"),
    "If every squared gradient is 1, to which value does a mean of them tend, and to which does yours?",
)
rmsprop_corrects_a_bias = adagrad_rmsprop(
    edit(
        "p -= lr * p.grad / torch.sqrt(mean + eps)",
        't = self.state[p]["t"] = self.state[p].get("t", 0) + 1\n'
        "                p -= lr * p.grad / torch.sqrt(mean / (1 - alpha**t) + eps)",
    ),
    "Is the mean corrected for its start at 0 in this method, or in one that comes later?",
)
divides_by_the_past_alone = adagrad_rmsprop(
    edit(
        "                total.add_(p.grad**2)\n",
        "",
        'p.grad / torch.sqrt(total + group["eps"])\n',
        'p.grad / torch.sqrt(total + group["eps"])\n                total.add_(p.grad**2)\n',
    ),
    "Does the divisor of a step know of the gradient of that step?",
)
one_divisor_for_a_tensor = adagrad_rmsprop(
    edit(
        "total.add_(p.grad**2)",
        "total.add_((p.grad**2).mean())",
        "(1 - alpha) * p.grad**2",
        "(1 - alpha) * (p.grad**2).mean()",
    ),
    "Has each entry a step width of its own, or do all entries of a tensor share one?",
)
squares_not_saved = adagrad_rmsprop(
    edit(
        'self.state[p].setdefault("sum of squares"',
        'self.__dict__.setdefault("own", {}).setdefault(p, {}).setdefault("sum of squares"',
        'self.state[p].setdefault("mean square"',
        'self.__dict__.setdefault("own", {}).setdefault(p, {}).setdefault("mean square"',
    ),
    "Which part of an optimizer does `state_dict()` save, and is what you sum up there?",
)


# ---- adadelta -------------------------------------------------------------------------------------------------------

step_uses_the_new_mean = adadelta(
    edit(
        "                u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)\n"
        "                d.mul_(rho).add_((1 - rho) * u**2)\n",
        "                u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)\n"
        "                d.mul_(rho).add_((1 - rho) * u**2)\n"
        "                u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)\n",
    ),
    "Which of the two means may a step use in its new form, and which must it take from before the step?",
)
gradient_divided_by_the_past = adadelta(
    edit(
        "                s.mul_(rho).add_((1 - rho) * p.grad**2)\n"
        "                u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)\n",
        "                u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)\n"
        "                s.mul_(rho).add_((1 - rho) * p.grad**2)\n",
    ),
    "Does s know of this step's gradient when the gradient is divided by its root?",
)
raw_gradient_stored = adadelta(
    edit("(1 - rho) * u**2", "(1 - rho) * p.grad**2"),
    "d is to bring back the unit of the parameters: squares of what does it average?",
)
eps_outside_both_roots = adadelta(
    edit("torch.sqrt(d + eps) / torch.sqrt(s + eps)", "(torch.sqrt(d) + eps) / (torch.sqrt(s) + eps)"),
    "Is ε added before or after the roots are taken, and how long is the first step then?",
)
nothing_to_start_with = adadelta(
    edit("torch.sqrt(d + eps) / torch.sqrt(s + eps)", "torch.sqrt(d) / torch.sqrt(s + eps)"),
    "d begins at 0: by what is the first gradient multiplied?",
)
roots_upside_down = adadelta(
    edit("torch.sqrt(d + eps) / torch.sqrt(s + eps)", "torch.sqrt(s + eps) / torch.sqrt(d + eps)"),
    "If all gradients are ten times as large, should the step change? Which root belongs below?",
)
no_roots = adadelta(
    edit("torch.sqrt(d + eps) / torch.sqrt(s + eps)", "(d + eps) / (s + eps)"),
    "s and d are means of squares: what is of the size of a gradient, s or its root?",
)
rate_remembered = adadelta(
    edit(
        "u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)",
        "u = lr * p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)",
        "p -= lr * u",
        "p -= u",
    ),
    "Does d average the squares of u, or of the step after η has been multiplied in?",
)
rate_left_out = adadelta(
    edit("p -= lr * u", "p -= u"),
    "What does the argument `lr` change in your step?",
)
rho_swapped = adadelta(
    edit(
        "s.mul_(rho).add_((1 - rho) * p.grad**2)",
        "s.mul_(1 - rho).add_(rho * p.grad**2)",
        "d.mul_(rho).add_((1 - rho) * u**2)",
        "d.mul_(1 - rho).add_(rho * u**2)",
    ),
    "With ρ = 0.9, how much of an old mean survives one step?",
)
means_not_saved = adadelta(
    edit("state = self.state[p]", 'state = self.__dict__.setdefault("own", {}).setdefault(p, {})'),
    "Which part of an optimizer does `state_dict()` save, and are your two means there?",
)


# ---- adam_adamw -----------------------------------------------------------------------------------------------------

no_correction = adam_adamw(
    edit(
        'state["m"] / (1 - beta1 ** state["t"])', 'state["m"]', 'state["v"] / (1 - beta2 ** state["t"])', 'state["v"]'
    ),
    "m and v start at 0: how large is m after the first gradient, compared with that gradient?",
)
only_m_corrected = adam_adamw(
    edit('state["v"] / (1 - beta2 ** state["t"])', 'state["v"]'),
    "Both means start at 0: which of them do you correct?",
)
clock_starts_at_zero = adam_adamw(
    edit(
        '        state["t"] += 1\n',
        "",
        '        p -= group["lr"] * m_hat',
        '        state["t"] += 1\n        p -= group["lr"] * m_hat',
        '(1 - beta1 ** state["t"])',
        '(1 - beta1 ** max(1, state["t"]))',
        '(1 - beta2 ** state["t"])',
        '(1 - beta2 ** max(1, state["t"]))',
    ),
    "Which number has the first update in 1 − βᵗ, and which the second?",
)
divides_by_zero_at_the_start = adam_adamw(
    edit(
        '        state["t"] += 1\n',
        "",
        '        p -= group["lr"] * m_hat',
        '        state["t"] += 1\n        p -= group["lr"] * m_hat',
    ),
    "With t = 0, by what does the correction divide?",
)
eps_inside_the_root = adam_adamw(
    edit('(v_hat.sqrt() + group["eps"])', '(v_hat + group["eps"]).sqrt()'),
    "Libraries and methods place ε differently: where does Adam have it?",
)
eps_outside_the_fraction = adam_adamw(
    edit('m_hat / (v_hat.sqrt() + group["eps"])', '(m_hat / v_hat.sqrt() + group["eps"])'),
    "To what is ε added in your formula, if you set the brackets that Python sees?",
)
eps_before_the_correction = adam_adamw(
    edit(
        '(v_hat.sqrt() + group["eps"])',
        '((state["v"].sqrt() + group["eps"]) / (1 - beta2 ** state["t"]) ** 0.5)',
    ),
    "Is ε added to the root of v, or to the root of the corrected v̂?",
)
decay_in_the_gradient_of_adamw = adam_adamw(
    edit(
        '                    p *= 1 - group["lr"] * group["weight_decay"]\n',
        "",
        "self.update(p, p.grad, group)",
        'self.update(p, p.grad + group["weight_decay"] * p, group)',
    ),
    "Does AdamW's decay pass through the division by √v̂, or act on the parameter itself?",
)
decay_of_adam_decoupled = adam_adamw(
    edit(
        'self.update(p, p.grad + group["weight_decay"] * p, group)',
        'p *= 1 - group["lr"] * group["weight_decay"]; self.update(p, p.grad, group)',
    ),
    "In Adam (not AdamW), where does the decay enter: before the means, or beside them?",
)
decay_not_scaled_by_the_rate = adam_adamw(
    edit('p *= 1 - group["lr"] * group["weight_decay"]', 'p *= 1 - group["weight_decay"]'),
    "If the learning rate is halved, what should become of AdamW's decay in one step?",
)
betas_swapped = adam_adamw(
    edit('(beta1, beta2), state = group["betas"]', '(beta2, beta1), state = group["betas"]'),
    "Which of the two means forgets faster: that of the gradients, or that of their squares?",
)
means_are_sums = adam_adamw(
    edit('state["m"].mul_(beta1).add_((1 - beta1) * g)', 'state["m"].mul_(beta1).add_(g)'),
    "If every gradient is 1, to which value does a mean tend, and to which does your m?",
)
clock_ticks_for_every_parameter = adam_adamw(
    edit('        state["t"] += 1\n', '        group["t"] = state["t"] = group.get("t", 0) + 1\n'),
    "In one step with three parameters, by how much does t grow for each of them?",
)
older_without_a_gradient = adam_adamw(
    edit(
        '                if p.grad is not None:\n                    self.update(p, p.grad + group["weight_decay"]',
        '                if p.grad is None and self.state[p]:\n                    self.state[p]["t"] += 1\n'
        '                if p.grad is not None:\n                    self.update(p, p.grad + group["weight_decay"]',
        "                if p.grad is not None:\n                    p *= 1",
        '                if p.grad is None and self.state[p]:\n                    self.state[p]["t"] += 1\n'
        "                if p.grad is not None:\n                    p *= 1",
    ),
    "Does a parameter grow older in steps in which it had no gradient?",
)
means_not_saved_by_adam = adam_adamw(
    edit(
        '(beta1, beta2), state = group["betas"], self.state[p]',
        '(beta1, beta2), state = group["betas"], self.__dict__.setdefault("own", {}).setdefault(p, {})',
    ),
    "Which part of an optimizer does `state_dict()` save, and are m, v and t there?",
)


# ---- schedules ------------------------------------------------------------------------------------------------------

warmup_counts_from_one = schedules(
    edit(
        "(base_lr - warmup_begin_lr) * step / warmup_steps", "(base_lr - warmup_begin_lr) * (step + 1) / warmup_steps"
    ),
    "Steps count from 0: which rate has the very first one?",
)
cosine_ends_a_step_early = schedules(
    edit("/ (max_update - warmup_steps)", "/ max(max_update - warmup_steps - 1, 1)"),
    "At which step is the final rate reached for the first time?",
)
cosine_forgets_the_warmup = schedules(
    edit("progress = (step - warmup_steps) / (max_update - warmup_steps)", "progress = step / max_update"),
    "Where on the cosine is the step at which the warm-up ends?",
)
final_rate_ignored = schedules(
    edit(
        "        return final_lr\n",
        "        return 0.0\n",
        "final_lr + (base_lr - final_lr) * (1 +",
        "base_lr * (1 +",
    ),
    "What does the argument `final_lr` change in your function?",
)
final_rate_added_on_top = schedules(
    edit("(base_lr - final_lr) * (1 +", "base_lr * (1 +"),
    "Where the cosine is at its highest, is your rate base_lr, or more?",
)
warmup_begins_at_zero = schedules(
    edit("warmup_begin_lr + (base_lr - warmup_begin_lr) * step / warmup_steps", "base_lr * step / warmup_steps"),
    "What does the argument `warmup_begin_lr` change in your function?",
)
cosine_comes_back = schedules(
    edit(
        "    if step >= max_update:\n        return final_lr\n",
        "    if max_update <= warmup_steps and step >= max_update:\n        return final_lr\n",
    ),
    "What does a cosine do after half a period, and what should the rate do after max_update?",
)
full_period = schedules(
    edit("math.cos(math.pi * progress)", "math.cos(2 * math.pi * progress)"),
    "Which part of a cosine leads from 1 to −1?",
)
straight_line_down = schedules(
    edit("(1 + math.cos(math.pi * progress)) / 2", "(1 - progress)"),
    "Is the way from the base rate to the final rate a line or a part of a cosine?",
)
milestone_one_step_late = schedules(
    edit("if step >= milestone", "if step > milestone"),
    "Which rate does the milestone's own step have?",
)
decays_at_every_step = schedules(
    edit(
        "passed = sum(1 for milestone in milestones if step >= milestone)",
        "passed = sum(step - milestone + 1 for milestone in milestones if step >= milestone)",
    ),
    "Between two milestones, does the rate change?",
)
decays_once_at_most = schedules(
    edit("gamma**passed", "(gamma if passed else 1.0)"),
    "How often has the rate been multiplied after the second milestone?",
)
duplicates_lost = schedules(
    edit("for milestone in milestones if", "for milestone in set(milestones) if"),
    "What did we agree on for a milestone that is listed twice?",
)
milestones_taken_as_sorted = schedules(
    edit(
        "passed = sum(1 for milestone in milestones if step >= milestone)",
        "passed = next((i for i, milestone in enumerate(milestones) if step < milestone), len(milestones))",
    ),
    "Does your function rely on the order in which the milestones are listed?",
)


@schedules()
def multiplies_its_last_value():
    """If the same step is asked for twice, does your function give the same rate twice?"""
    last = {}

    def multistep(step, base_lr, milestones, gamma=0.1):
        if step == 0 or (base_lr, tuple(milestones)) not in last:
            last.clear()
            last[base_lr, tuple(milestones)] = base_lr
        for milestone in milestones:
            if step == milestone:
                last[base_lr, tuple(milestones)] *= gamma
        return last[base_lr, tuple(milestones)]


# ---- project_simplex ------------------------------------------------------------------------------------------------

clipped_and_divided = simplex(
    edit(
        "return (V - theta).clamp(min=0)",
        "return radius * V.clamp(min=0) / V.clamp(min=0).sum(1, keepdim=True).clamp(min=1e-12)",
    ),
    "Your point is in the simplex: is it the nearest one? By what do its positive entries differ from those of v?",
)
softmax_for_projection = simplex(
    edit("return (V - theta).clamp(min=0)", "return radius * V.softmax(1)"),
    "Can an entry of your result be exactly 0?",
)
lowered_by_the_mean = simplex(
    edit("return (V - theta).clamp(min=0)", "return (V - (V.sum(1, keepdim=True) - radius) / V.shape[1]).clamp(min=0)"),
    "After your entries below 0 have been clipped, what do the others add up to?",
)
threshold_of_the_wrong_count = simplex(
    edit("theta = thresholds.gather(1, k - 1)", "theta = thresholds.gather(1, k.clamp(max=V.shape[1] - 1))"),
    "thresholds[k] is the threshold of how many entries, if counting starts at 0?",
)
threshold_without_the_radius = simplex(
    edit("(ordered.cumsum(1) - radius) / counts", "(ordered.cumsum(1) - 1) / counts"),
    "What does the argument `radius` change in your function?",
)
radius_with_the_wrong_sign = simplex(
    edit("(ordered.cumsum(1) - radius) / counts", "(ordered.cumsum(1) + radius) / counts"),
    "If the sum has to become larger, should θ become larger or smaller?",
)
threshold_added = simplex(
    edit("return (V - theta).clamp(min=0)", "return (V + theta).clamp(min=0)"),
    "Are the positive entries lowered by θ, or raised by it?",
)
not_clipped = simplex(
    edit("return (V - theta).clamp(min=0)", "return V - theta"),
    "What becomes of the entries below the threshold?",
)
returned_in_sorted_order = simplex(
    edit("return (V - theta).clamp(min=0)", "return (ordered - theta).clamp(min=0)"),
    "Is the first entry of your result still the weight of the first entry of v?",
)
one_threshold_for_all_rows = simplex(
    edit("theta = thresholds.gather(1, k - 1)", "theta = thresholds.gather(1, k - 1).mean()"),
    "Does each row have a threshold of its own?",
)
threshold_is_a_constant = simplex(
    edit("theta = thresholds.gather(1, k - 1)", "theta = thresholds.gather(1, k - 1).detach()"),
    "If one entry of v grows a little, what happens to the others, and does your gradient know of it?",
)
projected_onto_the_sphere = simplex(
    edit(
        "return (V - theta).clamp(min=0)",
        "return radius * V.clamp(min=0) / V.clamp(min=0).norm(dim=1, keepdim=True).clamp(min=1e-12)",
    ),
    "What is to be equal to the radius: the sum of the entries, or the root of the sum of their squares?",
)


# ---- gradient_noise -------------------------------------------------------------------------------------------------

as_if_with_replacement = noise(
    edit("    if not replacement:\n        spread = spread * (n - batch_size) / max(n - 1, 1)\n", ""),
    "How noisy is a batch that holds every example once?",
)
biased_and_unbiased_mixed = noise(
    edit("(n - batch_size) / max(n - 1, 1)", "(n - batch_size) / n"),
    "With batches of one, your formula should give Σ itself: does it?",
)
unbiased_twice = noise(
    edit("spread = centred.T @ centred / n", "spread = centred.T @ centred / max(n - 1, 1)"),
    "The factor (n − B)/(n − 1) goes with a Σ that divides by n or by n − 1?",
)
correction_ignored = noise(
    edit("(n - batch_size) / max(n - 1, 1)", "(n - batch_size) / (n - 1)"),
    "With a single example, by what does your formula divide?",
)
correction_always_applied = noise(
    edit("if not replacement:", "if True:"),
    "If an example may be drawn twice, how noisy is a batch of n?",
)
one_over_b_squared = noise(
    edit("return spread / batch_size", "return spread / batch_size**2"),
    "The variance of a mean of B independent numbers: which power of B is in it?",
)
one_over_root_b = noise(
    edit("return spread / batch_size", "return spread / batch_size**0.5"),
    "Which of the two falls like 1/√B: the variance, or the standard deviation?",
)
sum_for_mean = noise(
    edit("return spread / batch_size", "return spread * batch_size"),
    "Is the gradient of a minibatch the sum of its examples' gradients, or their mean?",
)
standard_deviations = noise(
    edit("return spread / batch_size", "return spread.abs().sqrt() / batch_size**0.5 * spread.sign()"),
    "Is a covariance measured in the unit of a gradient, or in its square?",
)
not_centred = noise(
    edit("centred = G - G.mean(0)", "centred = G"),
    "If all examples had the same gradient, how noisy would a minibatch be?",
)
variances_only = noise(
    edit("spread = centred.T @ centred / n", "spread = torch.diag((centred**2).mean(0))"),
    "When one entry of the minibatch's gradient is too large, does that say something about another entry?",
)
examples_for_entries = noise(
    edit("spread = centred.T @ centred / n", "spread = centred @ centred.T / n"),
    "Between which things is the covariance asked for: the n examples, or the d entries of the gradient?",
)


# ---- state_follows --------------------------------------------------------------------------------------------------

state_left_behind = state(
    edit("            state[key] = moved(value, p)", "            pass"),
    "After the parameters have moved to another device or dtype, where are the velocities, and of which dtype?",
)
state_started_anew = state(
    edit(
        "state[key] = moved(value, p)",
        "state[key] = torch.zeros_like(moved(value, p)) if isinstance(value, torch.Tensor) else value",
    ),
    "What did the optimizer remember before the move, and what after it?",
)
state_forgotten = state(
    edit(
        "    for p, state in optimizer.state.items():",
        "    optimizer.state.clear()\n    for p, state in optimizer.state.items():",
    ),
    "What did the optimizer remember before the move, and what after it?",
)
lists_left_behind = state(
    edit(
        "        if isinstance(value, dict):\n            return {key: moved(v, p) for key, v in value.items()}\n"
        "        if isinstance(value, (list, tuple)):\n            return type(value)(moved(v, p) for v in value)\n",
        "",
    ),
    "Some optimizers keep lists of past steps: do the tensors in them move?",
)
integers_become_floats = state(
    edit("value.to(p.device, p.dtype if value.is_floating_point() else value.dtype)", "value.to(p.device, p.dtype)"),
    "Which tensors of the state should take the dtype of the parameter, and which count something?",
)
device_left_behind = state(
    edit(
        "value.to(p.device, p.dtype if value.is_floating_point() else value.dtype)",
        "value.to(p.dtype if value.is_floating_point() else value.dtype)",
    ),
    "If the parameters go to another device, where are the velocities?",
)
numbers_become_tensors = state(
    edit(
        "        return value\n\n",
        "        return torch.as_tensor(value) if isinstance(value, (int, float)) else value\n\n",
    ),
    "What is a Python number of the state before the move, and what after it?",
)
module_left_behind = state(
    edit("    module.to(to)\n", ""),
    "Which of the two moves in your function: the module, the optimizer, or both?",
)
buffers_left_behind = state(
    edit("    module.to(to)\n", "    for p in module.parameters():\n        p.data = p.data.to(to)\n"),
    "What does a module own besides its parameters?",
)
tuples_become_lists = state(
    edit("return type(value)(moved(v, p) for v in value)", "return [moved(v, p) for v in value]"),
    "Is a tuple of the state still a tuple after the move?",
)


@state()
def parameters_replaced():
    """After your move, do the module and its optimizer still hold the same parameters?"""

    def move_(module, optimizer, to):
        for inner in module.modules():
            for name, p in list(inner.named_parameters(recurse=False)):
                setattr(inner, name, torch.nn.Parameter(p.detach().to(to)))
            for name, b in list(inner.named_buffers(recurse=False)):
                setattr(inner, name, b.to(to))
