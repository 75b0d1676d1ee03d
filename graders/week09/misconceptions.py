"""Mistakes that are made in week 9. Each must lose points, and be recognised; its hint asks, and does not answer."""

from functools import partial

import torch

from torchstone.judge import edit, misconception

gru = partial(misconception, "gru_cell", link="#gru_cell")
lstm = partial(misconception, "lstm", link="#lstm")
birnn = partial(misconception, "birnn", link="#birnn")
masked = partial(misconception, "masked_cross_entropy", link="#masked_cross_entropy")
seq2seq = partial(misconception, "seq2seq", link="#seq2seq")
beam = partial(misconception, "beam_search", link="#beam_search")
bleu = partial(misconception, "bleu", link="#bleu")
packed = partial(misconception, "packed_lengths", link="#packed_lengths")

WHERE_IT_STARTS = "On which device are the numbers that your function makes itself, and on which device is its input?"


# ---- gru_cell -------------------------------------------------------------------------------------------------------

update_gate_the_other_way_round = gru(
    edit("z * h + (1 - z) * n", "(1 - z) * h + z * n"),
    "Papers differ in this: what should become of the old state where z = 1, in the formula of this exercise?",
)
reset_before_the_product = gru(
    edit("x_n + r * h_n", "x_n + (r * h) @ self.W_h[:, 2 * self.hidden :] + self.b_h[2 * self.hidden :]"),
    "The book and nn.GRU place the reset gate differently: before which operation does yours act, and which variant is "
    "asked for?",
)
candidate_bias_outside_the_reset = gru(
    edit("x_n + r * h_n", "x_n + r * (h_n - self.b_h[2 * self.hidden :]) + self.b_h[2 * self.hidden :]"),
    "The candidate has two biases: which of them does the reset gate multiply?",
)
reset_gate_unused = gru(
    edit("x_n + r * h_n", "x_n + h_n"),
    "What does the candidate see of the old state where the reset gate is 0?",
)
gates_in_another_order = gru(
    edit("x_r, x_z, x_n = ", "x_z, x_r, x_n = ", "h_r, h_z, h_n = ", "h_z, h_r, h_n = "),
    "In which order do the three blocks stand side by side in each parameter?",
)
candidate_by_sigmoid = gru(
    edit("n = torch.tanh(", "n = torch.sigmoid("),
    "A gate lies between 0 and 1; in which range does a candidate for the state lie?",
)
candidate_added_in_full = gru(
    edit("z * h + (1 - z) * n", "z * h + n"),
    "The next state is a weighted average of two things: do your weights add up to 1?",
)
recurrent_bias_forgotten = gru(
    edit("h @ self.W_h + self.b_h", "h @ self.W_h"),
    "Which of the four parameters receives no gradient from your next state?",
)
gru_state_detached = gru(
    edit("(h @ self.W_h + self.b_h)", "(h.detach() @ self.W_h + self.b_h)"),
    "By how many paths does the old state reach the new one, and does a gradient come back along each of them?",
)
gru_first_state_on_the_cpu = gru(edit(", device=x.device", ""), WHERE_IT_STARTS)


# ---- lstm -----------------------------------------------------------------------------------------------------------

gate_order_of_torch = lstm(
    edit("i, f, o, g = (", "i, f, g, o = ("),
    "nn.LSTM keeps its gates in an order of its own: in which order does this exercise keep them?",
)
forget_and_input_gate_exchanged = lstm(
    edit("i, f, o, g = (", "f, i, o, g = ("),
    "Which gate multiplies the old content of the cell, and which of the four blocks holds it?",
)
no_tanh_on_the_cell = lstm(
    edit("torch.sigmoid(o) * torch.tanh(c)", "torch.sigmoid(o) * c"),
    "The content of a cell can grow without bound: what does the output see of it?",
)
lstm_candidate_by_sigmoid = lstm(
    edit("torch.tanh(g)", "torch.sigmoid(g)"),
    "Can what your cell takes in ever be negative?",
)
input_gate_tied_to_the_forget_gate = lstm(
    edit("torch.sigmoid(i) * torch.tanh(g)", "(1 - torch.sigmoid(f)) * torch.tanh(g)"),
    "In which of the two, GRU or LSTM, does one gate decide both what is kept and what is written?",
)
first_state_of_one_layer_for_all = lstm(
    edit("state[0][layer], state[1][layer]", "state[0][0], state[1][0]"),
    "Which row of the given state belongs to which layer?",
)
layer_goes_on_from_the_layer_below = lstm(
    edit(
        "            h, c = state[0][layer], state[1][layer]",
        "            if layer == 0:\n                h, c = state[0][0], state[1][0]",
    ),
    "When the second layer begins with the first time step, which state does it begin with?",
)
given_state_ignored = lstm(
    edit("if state is None:", "if True:"),
    "What becomes of the state that is handed to your module?",
)
last_state_of_the_top_layer_alone = lstm(
    edit("(torch.stack(last_h), torch.stack(last_c))", "(h[None], c[None])"),
    "Whoever wants to go on with the sequence needs the last state of which layers?",
)
hidden_and_cell_exchanged = lstm(
    edit("(torch.stack(last_h), torch.stack(last_c))", "(torch.stack(last_c), torch.stack(last_h))"),
    "The pair that comes back has an order: which of the two states is bounded by 1?",
)
lstm_state_detached = lstm(
    edit("outputs.append(h)", "outputs.append(h)\n                h, c = h.detach(), c.detach()"),
    "Through which tensors does a gradient travel back in time?",
)
lstm_first_state_on_the_cpu = lstm(edit(", device=x.device", ""), WHERE_IT_STARTS)


# ---- birnn ----------------------------------------------------------------------------------------------------------


@birnn()
def padding_is_reversed_with_the_rest():
    """If a padded row is turned round as a whole, what does the backward direction read first?"""

    class BiRNN(BiRNN):  # noqa: F821
        def forward(self, x, lengths):
            real = torch.arange(len(x), device=x.device)[:, None] < lengths

            def run(sequences, W_x, W_h, b):
                h = x.new_zeros(x.shape[1], self.hidden)
                outputs = []
                for x_t in sequences:
                    h = torch.tanh(x_t @ W_x + h @ W_h + b)
                    outputs.append(h)
                return torch.stack(outputs)

            forth, back = run(x, *self.weights[:3]), run(x.flip(0), *self.weights[3:]).flip(0)
            columns = torch.arange(x.shape[1], device=x.device)
            return torch.cat((forth, back), 2) * real[:, :, None], torch.stack((forth[lengths - 1, columns], back[0]))


not_put_back_in_order = birnn(
    edit("reverse(back)), dim=2)", "back), dim=2)"),
    "The backward direction has read step by step from the end: in which order are its outputs, and in which order are "
    "they to be returned?",
)
directions_exchanged_in_the_state = birnn(
    edit("torch.stack((h_forth, h_back))", "torch.stack((h_back, h_forth))"),
    "Which direction does h[0] belong to?",
)
state_runs_on_through_the_padding = birnn(
    edit("torch.where(real_t[:, None], torch.tanh(x_t @ W_x + h @ W_h + b), h)", "torch.tanh(x_t @ W_x + h @ W_h + b)"),
    "After the last real step of a short sequence, what happens to its state while the longer ones go on?",
)
backward_state_at_the_last_step = birnn(
    edit(
        "torch.stack((h_forth, h_back))",
        "torch.stack((h_forth, reverse(back)[lengths - 1, torch.arange(len(lengths)), :]))",
    ),
    "At which end of the sequence has the backward direction read all of it?",
)
outputs_at_padding_are_kept = birnn(
    edit(" * real[:, :, None]", ""),
    "What should stand in the outputs behind the end of a short sequence?",
)
one_set_of_weights_for_both = birnn(
    edit("run(reverse(x), *self.weights[3:])", "run(reverse(x), *self.weights[:3])"),
    "Which of the six parameters receive no gradient?",
)
steps_counted_on_the_cpu = birnn(edit("torch.arange(len(x), device=x.device)", "torch.arange(len(x))"), WHERE_IT_STARTS)


# ---- masked_cross_entropy -------------------------------------------------------------------------------------------

divided_by_all_tokens = masked(
    edit("real.sum().clamp(min=1)", "real.numel()"),
    "If more padding is put behind the same sentences, should their loss change?",
)
mean_of_the_sentences_means = masked(
    edit("(losses * real).sum() / real.sum().clamp(min=1)", "((losses * real).sum(1) / lengths.clamp(min=1)).mean()"),
    "Does a token of a short sentence weigh as much in your loss as a token of a long one?",
)
mask_after_the_mean = masked(
    edit(
        "(losses * real).sum() / real.sum().clamp(min=1)",
        "(losses.mean(1, keepdim=True) * real).sum() / real.sum().clamp(min=1)",
    ),
    "When the mask is applied, has padding already been averaged in?",
)
mask_on_the_logits = masked(
    edit(
        "real = torch",
        "pred = pred * (torch.arange(y.shape[1], device=y.device) < lengths[:, None])[:, :, None]\n    real = torch",
        "(losses * real).sum()",
        "losses.sum()",
    ),
    "What is the cross-entropy of a row of logits that are all 0?",
)
padding_counts = masked(
    edit("(losses * real).sum() / real.sum().clamp(min=1)", "losses.mean()"),
    "Where do the lengths enter your result?",
)
one_token_too_many = masked(
    edit("< lengths[:, None]", "<= lengths[:, None]"),
    "Positions are counted from 0: which position is the last real one of a sentence of length 3?",
)
one_token_too_few = masked(
    edit("< lengths[:, None]", "< lengths[:, None] - 1"),
    "Positions are counted from 0: which position is the last real one of a sentence of length 3?",
)
padding_recognised_by_its_token = masked(
    edit("torch.arange(y.shape[1], device=y.device) < lengths[:, None]", "y != 0"),
    "Can a real token have the number that padding has, and what alone says where a sentence ends?",
)
nothing_divided_by_nothing = masked(
    edit(".clamp(min=1)", ""),
    "By what do you divide if no token of the batch is real?",
)
loss_is_a_sum = masked(
    edit(" / real.sum().clamp(min=1)", ""),
    "Should the loss of a batch twice as large be twice as large?",
)
exponentials_overflow = masked(
    edit("torch.logsumexp(pred, dim=2)", "pred.exp().sum(2).log()"),
    "How large is e¹⁰⁰⁰, and what changes in a softmax if every logit becomes smaller by the same amount?",
)
mask_on_the_cpu = masked(edit(", device=y.device", ""), WHERE_IT_STARTS)


# ---- seq2seq --------------------------------------------------------------------------------------------------------

target_not_shifted = seq2seq(
    edit("torch.cat((begin, target[:, :-1]), dim=1)", "target"),
    "When the decoder has to predict target[:, t], which token has it already been shown?",
)
begins_with_number_zero = seq2seq(
    edit("torch.full_like(target[:, :1], self.bos)", "torch.zeros_like(target[:, :1])"),
    "Which token does the decoder read before there is any target token behind it?",
)
begins_with_the_first_target = seq2seq(
    edit("torch.full_like(target[:, :1], self.bos)", "target[:, :1]"),
    "Which token does the decoder read before there is any target token behind it?",
)
decoder_reads_its_own_words = seq2seq(
    edit(
        "for token in read.unbind(1):",
        "token = begin[:, 0]\n        for _ in range(target.shape[1]):",
        "predicted.append(logits)",
        "predicted.append(logits)\n            token = logits.argmax(1)",
    ),
    "Teacher forcing: who chooses the token that the decoder reads next, the model or the target?",
)
context_dropped = seq2seq(
    edit("self.target_embedding(token), context)", "self.target_embedding(token), 0 * context)"),
    "What does the decoder read beside its token, at every step?",
)
context_before_the_token = seq2seq(
    edit("(self.target_embedding(token), context)", "(context, self.target_embedding(token))"),
    "The decoder's input is made of two parts: which of them comes first?",
)
state_for_the_context = seq2seq(
    edit("self.step(token, state, context)", "self.step(token, state, state)"),
    "Two things go from step to step: which of them changes, and which stays what the encoder made it?",
)
context_is_not_the_first_state = seq2seq(
    edit("state, predicted = context, []", "state, predicted = torch.zeros_like(context), []"),
    "With which state does the decoder begin?",
)
state_starts_anew_at_every_step = seq2seq(
    edit("self.step(token, state, context)", "self.step(token, context, context)"),
    "What does the decoder know at step 3 of what it read at step 1?",
)
context_from_behind_the_padding = seq2seq(
    edit("states[rows, lengths - 1]", "states[:, -1]"),
    "After which token of a short sentence has the encoder read all of it, and nothing else?",
)
context_detached = seq2seq(
    edit("context = self.encode(source, lengths)", "context = self.encode(source, lengths).detach()"),
    "From the loss to the source embedding: along which path would a gradient have to come?",
)
begin_on_the_cpu = seq2seq(
    edit("torch.full_like(target[:, :1], self.bos)", "torch.full((len(target), 1), self.bos)"), WHERE_IT_STARTS
)


# ---- beam_search ----------------------------------------------------------------------------------------------------

extends_finished_sentences = beam(
    edit("unfinished = [hypothesis for hypothesis in best if hypothesis[0][-1] != eos]", "unfinished = best"),
    "What may follow the end of a sentence?",
)
no_length_penalty = beam(
    edit("total / (len(tokens) - 1) ** alpha", "total"),
    "A longer sentence adds more negative numbers: how does `alpha` make up for that?",
)
length_counts_the_first_token = beam(
    edit("(len(tokens) - 1) ** alpha", "len(tokens) ** alpha"),
    "How many tokens of the sentence did the model choose?",
)
penalty_upside_down = beam(
    edit("total / (len(tokens) - 1) ** alpha", "total * (len(tokens) - 1) ** alpha"),
    "Totals are negative: does your penalty bring a long sentence nearer to 0, or farther away from it?",
)
totals_for_scores = beam(
    edit("score((tokens, total))) for", "total) for"),
    "Two numbers belong to a hypothesis, its total and its score: which of them is returned?",
)
each_hypothesis_extended_once = beam(
    edit(
        "            for token, log_p in enumerate(step(tokens).tolist()):\n",
        "            log_ps = step(tokens).tolist()\n"
        "            first = len(tokens) == 1\n"
        "            for token, log_p in enumerate(log_ps):\n"
        "                if not first and log_p < max(log_ps):\n"
        "                    continue\n",
    ),
    "May two of the k best hypotheses of a round have the same beginning?",
)
unfinished_sentences_lost = beam(
    edit("sorted(finished + unfinished, ", "sorted(finished, "),
    "What becomes of hypotheses that are still unfinished after the last round?",
)
finished_sentences_lost = beam(
    edit("sorted(finished + unfinished, ", "sorted(unfinished, "),
    "A sentence that ended early has left the beam: where is it when the results are ranked?",
)
ends_with_the_first_sentence = beam(
    edit(
        "unfinished = [hypothesis for hypothesis in best if hypothesis[0][-1] != eos]",
        "unfinished = [hypothesis for hypothesis in best if hypothesis[0][-1] != eos]\n"
        "        if finished:\n            break",
    ),
    "One sentence has ended: can an unfinished one still overtake it?",
)
finished_sentences_keep_their_place = beam(
    edit(
        "key=score, reverse=True)[:k]\n        finished",
        "key=score, reverse=True)[: k - len(finished)]\n        finished",
    ),
    "How many hypotheses are kept in a round after some sentences have ended, in the rule of this exercise?",
)
results_not_ranked = beam(
    edit("ranked = sorted(finished + unfinished, key=score, reverse=True)[:k]", "ranked = (finished + unfinished)[:k]"),
    "Is a sentence that ended earlier always better than one that ended later?",
)
probabilities_multiplied = beam(
    edit(
        "[([bos], 0.0)]",
        "[([bos], 1.0)]",
        "total + log_p",
        "total * math.exp(log_p)",
        "return total / (len",
        "return (math.log(total) if total > 0 else -math.inf) / (len",
    ),
    "How small a positive number can a float hold, and how small is the product of many probabilities?",
)
impossible_tokens_extend = beam(
    edit("if log_p > -math.inf:", "if True:"),
    "What is the probability of a token whose log-probability is −∞?",
)
log_probabilities_through_numpy = beam(
    edit("step(tokens).tolist()", "step(tokens).numpy()"),
    "Where are the log-probabilities that `step` returns, and which of a tensor's methods work from there?",
)


# ---- bleu -----------------------------------------------------------------------------------------------------------

matches_not_clipped = bleu(
    edit("left.remove(gram)", "pass"),
    "How often can one word of the reference be matched?",
)
repeated_words_match_once = bleu(
    edit("matched = 0", "left, matched = list(set(left)), 0"),
    "If the reference has a word three times, how often may a prediction be credited for it?",
)
no_brevity_penalty = bleu(
    edit("math.exp(min(0.0, 1 - len(ref) / len(pred)))", "1.0"),
    "What score does a single right word get, and is that what it deserves?",
)
length_ratio_upside_down = bleu(
    edit("1 - len(ref) / len(pred)", "1 - len(pred) / len(ref)"),
    "For a prediction half as long as the reference, is your exponent negative?",
)
long_predictions_penalised = bleu(
    edit("min(0.0, 1 - len(ref) / len(pred))", "-abs(1 - len(ref) / len(pred))"),
    "A prediction that is too long already pays elsewhere: where?",
)
long_predictions_rewarded = bleu(
    edit("min(0.0, 1 - len(ref) / len(pred))", "1 - len(ref) / len(pred)"),
    "Can the first factor of your product be greater than 1?",
)
all_orders_weigh_alike = bleu(
    edit("len(grams)) ** (1 / 2**n)", "len(grams)) ** (1 / k)"),
    "There are several definitions of BLEU: which exponent does the book give to p_n?",
)
weights_begin_at_one = bleu(
    edit("len(grams)) ** (1 / 2**n)", "len(grams)) ** (1 / 2 ** (n - 1))"),
    "Which exponent belongs to single words, n = 1?",
)
recall_for_precision = bleu(
    edit("matched / len(grams)", "matched / max(1, len(ref) - n + 1)"),
    "A share of whose n-grams is p_n: of the prediction's, or of the reference's?",
)
orders_beyond_the_prediction = bleu(
    edit("range(1, min(k, len(pred)) + 1)", "range(1, k + 1)"),
    "How many 3-grams do two words have, and by what do you divide then?",
)
empty_divides_by_zero = bleu(
    edit("    if not pred:\n        return 0.0\n", ""),
    "By what do you divide if the prediction has no words?",
)


# ---- packed_lengths -------------------------------------------------------------------------------------------------

lengths_stay_on_the_device = packed(
    edit("torch.as_tensor(lengths).cpu()", "torch.as_tensor(lengths)"),
    "Who reads the lengths, the accelerator or the code that plans its work, and where does that code run?",
)
sorted_lengths_assumed = packed(
    edit("enforce_sorted=False", "enforce_sorted=True"),
    "Do the sequences of a batch come in the order of their lengths?",
)
order_of_the_batch_lost = packed(
    edit(
        "        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)\n",
        "        lengths, order = lengths.sort(descending=True, stable=True)\n"
        "        packed = pack_padded_sequence(x[:, order.to(x.device)], lengths)\n",
    ),
    "You have sorted the batch: who puts the results back beside the sequences they belong to?",
)
steps_cut_off = packed(
    edit("pad_packed_sequence(outputs, total_length=len(x))", "pad_packed_sequence(outputs)"),
    "How many steps do the outputs have if even the longest sequence is shorter than T?",
)
last_output_for_the_last_state = packed(
    edit("return outputs, h[0]", "return outputs, outputs[-1]"),
    "What stands in the last row of the outputs for a sequence that ended earlier?",
)
axis_of_layers_kept = packed(
    edit("return outputs, h[0]", "return outputs, h"),
    "The state that nn.GRU returns has one axis more than is asked for: what does it count?",
)
results_brought_to_the_cpu = packed(
    edit("return outputs, h[0]", "return outputs.cpu(), h[0].cpu()"),
    "On which device will the next layer look for your results?",
)
lengths_must_be_a_tensor = packed(
    edit("torch.as_tensor(lengths).cpu()", "lengths.cpu()"),
    "Which types may `lengths` have?",
)
nothing_is_packed = packed(
    edit(
        "outputs, h = self.gru(packed)",
        "outputs, h = self.gru(x)",
        "outputs, _ = pad_packed_sequence(outputs, total_length=len(x))",
        "outputs = outputs * (torch.arange(len(x))[:, None] < lengths)[:, :, None].to(x.device)",
    ),
    "Has the state that you return also read the padding?",
)
