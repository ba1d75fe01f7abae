# One smile with the greeting and one at the end is all that is asked for, however long the answer is.
0:00 speak 140
0:01 smile 0.6
0:04 smile 0
1:25 smile 0.6
1:28 smile 0
1:30 end
expect smile over 1.9
expect smile under 2.1
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
