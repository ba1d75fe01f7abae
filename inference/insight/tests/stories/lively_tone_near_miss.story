device-check
only lively_tone
0:00 speak 140
0:00 tone 2.7
1:00 end
expect no hint lively_tone
